"""Made-up clusters of any size, always the same for the same numbers."""

from __future__ import annotations

from random import Random

from prober.model.objects import (
    ContainerPort,
    IPBlock,
    LabelSelector,
    Namespace,
    NetworkPolicy,
    Node,
    Pod,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    Ref,
    Service,
    ServicePort,
)
from prober.model.snapshot import Snapshot

PODS_PER_NODE = 20
PODS_PER_WORKLOAD = 4
PODS_PER_NAMESPACE = 20
PORTS = (80, 443, 5432, 8080, 9090)


def cluster(pods: int, *, seed: int = 1) -> Snapshot:
    """A cluster of about this many pods, as clusters are: four replicas a workload, a daemon on
    every node's network, a default denial and a few allowances in every namespace."""
    random = Random(seed)  # noqa: S311 - repeatable worlds, not secrets
    nodes = [f"node{number}" for number in range(max(2, pods // PODS_PER_NODE))]
    namespaces = [f"ns{number}" for number in range(max(2, pods // PODS_PER_NAMESPACE))]
    made = [_daemon(number, node) for number, node in enumerate(nodes)]
    made += [_pod(number, random, nodes, namespaces) for number in range(pods - len(made))]
    known = {name: _namespace(name, index) for index, name in enumerate(namespaces)}
    apps = sorted({(pod.namespace, pod.labels["app"]) for pod in made})
    return Snapshot(
        namespaces={"kube-system": Namespace("kube-system"), **known},
        nodes={name: Node(name, (_node_address(number),)) for number, name in enumerate(nodes)},
        pods={(pod.namespace, pod.name): pod for pod in made},
        services={
            (namespace, app): Service(
                namespace,
                app,
                cluster_ips=(f"198.19.{number // 250}.{number % 250}",),
                selector={"app": app},
                ports=(ServicePort(80, target_port="web"),),
            )
            for number, (namespace, app) in enumerate(apps)
        },
        policies=tuple(policy for name in namespaces for policy in _policies(name, random, apps)),
    )


def _daemon(number: int, node: str) -> Pod:
    port = ContainerPort(9100, name="metrics")
    labels = {"app": "agent"}
    return Pod(
        "kube-system",
        f"agent-{number}",
        labels,
        node,
        (_node_address(number),),
        host_network=True,
        ports=(port,),
    )


def _node_address(number: int) -> str:
    return f"198.51.100.{number % 254 + 1}"


def _namespace(name: str, number: int) -> Namespace:
    return Namespace(name, {"kubernetes.io/metadata.name": name, "team": f"t{number % 5}"})


def _pod(number: int, random: Random, nodes: list[str], namespaces: list[str]) -> Pod:
    workload = number // PODS_PER_WORKLOAD
    namespace = namespaces[workload % len(namespaces)]
    name = f"app{workload}"
    labels = {
        "app": name,
        "tier": random.choice(("front", "back", "data")),
        "pod-template-hash": f"h{workload}",
    }
    port = ContainerPort(PORTS[workload % len(PORTS)], name="web")
    address = f"198.18.{number // 250}.{number % 250 + 1}"
    owner = Ref("Deployment", namespace, name)
    return Pod(
        namespace,
        f"{name}-{number}",
        labels,
        random.choice(nodes),
        (address,),
        ports=(port,),
        owner=owner,
    )


def _policies(namespace: str, random: Random, apps: list[tuple[str, str]]) -> list[NetworkPolicy]:
    """Deny everything, then allow DNS and the world by block, a tier, a team, and single
    workloads."""
    mine = [app for own, app in apps if own == namespace]
    tier = LabelSelector({"tier": random.choice(("front", "back"))})
    anywhere = PolicyPeer(namespace_selector=LabelSelector())
    world = PolicyPeer(ip_block=IPBlock("0.0.0.0/0", ("198.18.0.0/15",)))
    policies = [
        NetworkPolicy(namespace, "deny", types=("Ingress", "Egress")),
        NetworkPolicy(
            namespace,
            "world",
            types=("Egress",),
            egress=(PolicyRule((world,), (PolicyPort("TCP", 443),)), PolicyRule((anywhere,))),
        ),
        NetworkPolicy(
            namespace,
            "tier",
            LabelSelector({"tier": "data"}),
            ingress=(PolicyRule((PolicyPeer(tier),), (PolicyPort("TCP", "web"),)),),
        ),
        NetworkPolicy(
            namespace,
            "team",
            ingress=(
                PolicyRule(
                    (
                        PolicyPeer(
                            namespace_selector=LabelSelector({"team": f"t{random.randrange(5)}"})
                        ),
                    ),
                    (PolicyPort("TCP", 80, 9000),),
                ),
            ),
        ),
    ]
    for number, app in enumerate(mine):
        friend = LabelSelector({"app": random.choice(apps)[1]})
        peer = PolicyPeer(friend, LabelSelector())
        rule = PolicyRule((peer,), (PolicyPort("TCP", random.choice(PORTS)),))
        policies.append(
            NetworkPolicy(namespace, f"app-{number}", LabelSelector({"app": app}), ingress=(rule,))
        )
    return policies
