"""Made-up clusters as large as clusters get, always the same for the same numbers.

`realistic` is what platforms look like: every namespace has copies of a few applications, some
hundred shapes of labels in all; each starts from a default denial and opens what it needs: cluster
DNS, its own namespace, the ingress controller, monitoring by a named port, a few ranges of
addresses outside. Pods carry labels that nobody selects by (hashes, names), as real ones do.

`adversarial` is the worst for whoever groups pods: each pod differs from every other in a label
that some policy selects by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
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

APPS = 60
"""Kinds of applications that teams run; with the tiers they make the shapes of labels."""
TIERS = ("front", "back", "data")
PORTS = (80, 443, 3000, 5432, 6379, 8080, 8443, 9000)
TEAMS = 12
METRICS = ContainerPort(9102, name="metrics")
EVERYONE = PolicyPeer(namespace_selector=LabelSelector())


@dataclass(frozen=True)
class Size:
    """How large a cluster is."""

    pods: int = 10_000
    policies: int = 2_000
    namespaces: int = 200
    nodes: int = 50

    @classmethod
    def of(cls, pods: int) -> Size:
        """The other numbers in proportion, as at 10,000 pods."""
        return cls(pods, max(8, pods // 5), max(4, pods // 50), max(3, pods // 200))


def realistic(size: Size, *, seed: int = 1) -> Snapshot:
    """A cluster as platforms are."""
    random = Random(seed)  # noqa: S311 - repeatable worlds, not secrets
    nodes = [f"node{number}" for number in range(size.nodes)]
    spaces = [f"team-{number}" for number in range(size.namespaces - 2)]
    made = [*_platform(nodes)]
    made += [
        _pod(number, nodes[random.randrange(size.nodes)], spaces)
        for number in range(size.pods - len(made))
    ]
    return Snapshot(
        namespaces={name: _namespace(name) for name in (*spaces, "kube-system", "ingress")},
        nodes={name: Node(name, (f"198.51.100.{at % 250 + 1}",)) for at, name in enumerate(nodes)},
        pods={(pod.namespace, pod.name): pod for pod in made},
        services={(service.namespace, service.name): service for service in _services(made)},
        policies=tuple(_policies(size, spaces, random)),
    )


def adversarial(size: Size, *, seed: int = 1) -> Snapshot:
    """The same, where no two pods are alike to the policies: pod i has the label `bit-N` wherever
    i has the binary digit N, and some policy selects by each."""
    whole = realistic(size, seed=seed)
    digits = range(max(1, size.pods - 1).bit_length())
    pods = {
        key: replace(pod, labels={**pod.labels, **{f"bit-{n}": "1" for n in digits if at >> n & 1}})
        for at, (key, pod) in enumerate(whole.pods.items())
    }
    home = next(iter(whole.namespaces))
    telling = tuple(
        NetworkPolicy(
            home,
            f"bit-{n}",
            types=("Ingress",),
            ingress=(
                PolicyRule(
                    (PolicyPeer(LabelSelector({f"bit-{n}": "1"}), LabelSelector()),),
                    (PolicyPort("TCP", PORTS[n % len(PORTS)]),),
                ),
            ),
        )
        for n in digits
    )
    return replace(whole, pods=pods, policies=(*whole.policies[: -len(telling)], *telling))


def _namespace(name: str) -> Namespace:
    team = f"t{sum(name.encode()) % TEAMS}"
    return Namespace(name, {"kubernetes.io/metadata.name": name, "team": team})


def _platform(nodes: list[str]) -> Iterator[Pod]:
    """What everybody shares: DNS, ingress, monitoring, and a daemon on every node's network."""
    dns = (ContainerPort(53, "UDP", "dns"), ContainerPort(53, "TCP", "dns-tcp"))
    for number in range(2):
        node = nodes[number % len(nodes)]
        yield _shared("kube-system", f"dns-{number}", {"k8s-app": "kube-dns"}, node, dns)
        yield _shared("ingress", f"proxy-{number}", {"app": "proxy"}, node, (ContainerPort(443),))
        yield _shared(
            "kube-system", f"prometheus-{number}", {"app": "prometheus"}, node, (METRICS,)
        )
    for number, node in enumerate(nodes):
        yield Pod(
            "kube-system",
            f"daemon-{number}",
            {"app": "daemon"},
            node,
            (f"198.51.100.{number % 250 + 1}",),
            host_network=True,
            ports=(METRICS,),
            owner=Ref("DaemonSet", "kube-system", "daemon"),
        )


def _shared(
    namespace: str, name: str, labels: dict[str, str], node: str, ports: tuple[ContainerPort, ...]
) -> Pod:
    address = f"198.19.255.{sum(name.encode()) % 250 + 1}"
    return Pod(namespace, name, labels, node, (address,), ports=ports)


def _pod(number: int, node: str, spaces: list[str]) -> Pod:
    """Four replicas a workload; the workloads of a namespace are neighbours in the list of apps."""
    workload = number // 4
    space = workload % len(spaces)
    app = (space * 3 + workload // len(spaces)) % APPS
    tier = TIERS[app % len(TIERS)]
    name = f"app{app}-{workload}"
    labels = {
        "app": f"app{app}",
        "tier": tier,
        "pod-template-hash": f"h{workload}",
        "statefulset.kubernetes.io/pod-name": f"{name}-{number % 4}",
    }
    web = ContainerPort(PORTS[app % len(PORTS)], name="web" if app % 3 else "http")
    ports = (web, METRICS) if app % 4 == 0 else (web,)
    address = f"198.{18 + number // 62_500}.{number % 62_500 // 250}.{number % 250 + 1}"
    owner = Ref("Deployment", spaces[space], name)
    return Pod(
        spaces[space], f"{name}-{number % 4}", labels, node, (address,), ports=ports, owner=owner
    )


def _services(pods: list[Pod]) -> Iterator[Service]:
    names = sorted({(pod.namespace, pod.labels["app"]) for pod in pods if "app" in pod.labels})
    for number, (namespace, app) in enumerate(names):
        yield Service(
            namespace,
            app,
            cluster_ips=(f"198.19.{100 + number // 250}.{number % 250 + 1}",),
            selector={"app": app},
            ports=(ServicePort(80, target_port="web"),),
        )


def _policies(size: Size, spaces: list[str], random: Random) -> Iterator[NetworkPolicy]:
    """The same number for each namespace: the usual ones first, then one application at a time."""
    for at, space in enumerate(spaces):
        first, last = (size.policies * edge // len(spaces) for edge in (at, at + 1))
        usual = _usual(space)
        for number in range(last - first):
            yield usual[number] if number < len(usual) else _for_app(space, at, number, random)


def _usual(space: str) -> list[NetworkPolicy]:
    own = PolicyRule((PolicyPeer(LabelSelector()),))
    dns = PolicyPeer(LabelSelector({"k8s-app": "kube-dns"}), LabelSelector())
    proxy = PolicyPeer(namespace_selector=LabelSelector({"kubernetes.io/metadata.name": "ingress"}))
    monitor = PolicyPeer(LabelSelector({"app": "prometheus"}), LabelSelector())
    world = PolicyPeer(ip_block=IPBlock("0.0.0.0/0", ("198.18.0.0/15",)))
    return [
        NetworkPolicy(space, "default-deny", types=("Ingress", "Egress")),
        NetworkPolicy(
            space,
            "dns-and-own",
            types=("Egress",),
            egress=(PolicyRule((dns,), (PolicyPort("UDP", 53), PolicyPort("TCP", 53))), own),
        ),
        NetworkPolicy(
            space,
            "ingress",
            LabelSelector({"tier": "front"}),
            ingress=(PolicyRule((proxy,), (PolicyPort("TCP", "web"), PolicyPort("TCP", "http"))),),
        ),
        NetworkPolicy(
            space, "metrics", ingress=(PolicyRule((monitor,), (PolicyPort("TCP", "metrics"),)),)
        ),
        NetworkPolicy(
            space, "world", types=("Egress",), egress=(PolicyRule((world,), (PolicyPort(),)),)
        ),
    ]


def _for_app(space: str, at: int, number: int, random: Random) -> NetworkPolicy:
    """One application of the namespace: who may call it, or whom it calls."""
    mine, friend = (f"app{(at * 3 + random.randrange(13)) % APPS}" for _ in range(2))
    port = (PolicyPort("TCP", random.choice(PORTS)),)
    chosen = LabelSelector({"app": mine})
    if number % 3 == 0:
        office = PolicyPeer(ip_block=IPBlock(f"203.0.113.{16 * (at % 8)}/28"))
        return NetworkPolicy(
            space, f"calls-{number}", chosen, ("Egress",), egress=(PolicyRule((office,), port),)
        )
    team = LabelSelector({"team": f"t{random.randrange(TEAMS)}"})
    peer = PolicyPeer(LabelSelector({"app": friend}), None if number % 2 else team)
    return NetworkPolicy(
        space, f"app-{number}", chosen, ("Ingress",), ingress=(PolicyRule((peer,), port),)
    )
