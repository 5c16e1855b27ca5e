"""Random small worlds with policies of every shape, from a seed.

Written apart from the predictor and from the enforcement.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from prober.model.check import Check, Endpoint, EndpointKind, Flow, Vantage, VantageKind
from prober.model.lab import LabSpec, Listener, OutsideHost
from prober.model.objects import (
    ContainerPort,
    IPBlock,
    LabelSelector,
    Namespace,
    NetworkPolicy,
    Node,
    Operator,
    Pod,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    PolicyType,
    Protocol,
    Requirement,
    Service,
    ServicePort,
)
from prober.model.probe import Probe, ProbeKind
from prober.model.snapshot import Snapshot

NAMESPACES = ("x", "y", "z")
KEYS: dict[str, Sequence[str]] = {
    "app": ("a", "b", "c"),
    "tier": ("front", "back"),
    "team": ("red", "blue"),
}
PORTS = (
    ContainerPort(8080, "TCP", "http"),
    ContainerPort(8081, "TCP", "admin"),
    ContainerPort(5353, "UDP", "talk"),
)
OTHER_PORTS = (
    ContainerPort(9090, "TCP", "http"),
    ContainerPort(8081, "TCP", "metrics"),
    ContainerPort(5353, "UDP", "http"),
)
"""Named differently, and the same name for another number and protocol: what named ports are
about."""
OUTSIDE = "203.0.113.10"
OPERATORS: tuple[Operator, ...] = ("In", "NotIn", "Exists", "DoesNotExist")


def world(seed: int) -> tuple[Snapshot, LabSpec]:
    """Three namespaces, two nodes, nine pods, three Services, up to eight policies, one host
    outside."""
    dice = random.Random(seed)  # noqa: S311 - reproducible variety, not secrecy
    namespaces = {name: _namespace(dice, name) for name in NAMESPACES}
    pods = {(ns, f"p{i}"): _pod(dice, ns, f"p{i}") for ns in NAMESPACES for i in range(3)}
    services = {(ns, "s"): _service(dice, ns) for ns in NAMESPACES}
    policies = tuple(_policy(dice, f"np{i}") for i in range(dice.randint(1, 8)))
    nodes = {
        f"n{i}": Node(f"n{i}", (f"198.51.100.{10 + i}",), labels={"zone": "ab"[i - 1]})
        for i in (1, 2)
    }
    spec = LabSpec(
        outside=(OutsideHost("outside.example", (), (OUTSIDE,), (Listener(443), Listener(8080))),)
    )
    return Snapshot(
        namespaces=namespaces, nodes=nodes, pods=pods, services=services, policies=policies
    ), spec


def service_checks(snapshot: Snapshot, timeout: float) -> list[Check]:
    """Every pod to every Service's every port."""
    return [
        _check(
            pod,
            Endpoint(EndpointKind.SERVICE, service.namespace, service.name),
            service.cluster_ips[0],
            port.port,
            port.protocol,
            timeout,
        )
        for pod in _plain(snapshot)
        for service in snapshot.services.values()
        if service.namespace in NAMESPACES
        for port in service.ports
    ]


def outside_checks(snapshot: Snapshot, timeout: float) -> list[Check]:
    """Every pod to the host outside, on a port that policies often name and on one that they seldom
    name."""
    outside = Endpoint(EndpointKind.OUTSIDE, "", OUTSIDE, address=OUTSIDE)
    return [
        _check(pod, outside, OUTSIDE, port, "TCP", timeout)
        for pod in _plain(snapshot)
        for port in (443, 8080)
    ]


def echo_checks(snapshot: Snapshot, timeout: float) -> list[Check]:
    """Echo requests from every pod to a pod of each namespace, and to the node that is not its own:
    the lab does not filter what goes to the own one."""
    pods = [pod for pod in _plain(snapshot) if pod.name == "p0" and pod.ips]
    ends = [(Endpoint(EndpointKind.POD, pod.namespace, pod.name), pod.ips[0]) for pod in pods]
    ends += [
        (Endpoint(EndpointKind.NODE, "", node.name), node.addresses[0])
        for node in snapshot.nodes.values()
    ]
    return [
        _echo(pod, end, address, timeout)
        for pod in _plain(snapshot)
        for end, address in ends
        if (end.namespace, end.name) not in ((pod.namespace, pod.name), ("", pod.node))
    ]


def _echo(pod: Pod, to: Endpoint, address: str, timeout: float) -> Check:
    flow = Flow(Endpoint(EndpointKind.POD, pod.namespace, pod.name), to, "ICMP")
    probe = Probe(id=str(flow), kind=ProbeKind.ICMP, host=address, timeout=timeout)
    vantage = Vantage(VantageKind.POD, pod.namespace, pod.name)
    return Check(id=str(flow), name=str(flow), vantage=vantage, flow=flow, probe=probe)


def _plain(snapshot: Snapshot) -> list[Pod]:
    return [pod for pod in snapshot.pods.values() if pod.namespace in NAMESPACES]


def _check(
    pod: Pod, to: Endpoint, address: str, port: int, protocol: Protocol, timeout: float
) -> Check:
    flow = Flow(Endpoint(EndpointKind.POD, pod.namespace, pod.name), to, protocol, port)
    kind = ProbeKind.TCP if protocol == "TCP" else ProbeKind.UDP
    probe = Probe(id=str(flow), kind=kind, host=address, port=port, timeout=timeout)
    vantage = Vantage(VantageKind.POD, pod.namespace, pod.name)
    return Check(id=str(flow), name=str(flow), vantage=vantage, flow=flow, probe=probe)


def _namespace(dice: random.Random, name: str) -> Namespace:
    labels = {"kubernetes.io/metadata.name": name}
    if dice.random() < 0.7:
        labels["team"] = dice.choice(KEYS["team"])
    return Namespace(name, labels)


def _pod(dice: random.Random, namespace: str, name: str) -> Pod:
    labels = {key: dice.choice(values) for key, values in KEYS.items() if dice.random() < 0.7}
    return Pod(
        namespace,
        name,
        labels=labels,
        node=dice.choice(("n1", "n2")),
        ports=dice.choice((PORTS, OTHER_PORTS)),
        ready=dice.random() < 0.9,
    )


def _service(dice: random.Random, namespace: str) -> Service:
    target = dice.choice((8080, "http"))
    ports = (ServicePort(80, "TCP", "web", target), ServicePort(53, "UDP", "talk", 5353))
    return Service(namespace, "s", selector={"app": dice.choice(KEYS["app"])}, ports=ports)


def _policy(dice: random.Random, name: str) -> NetworkPolicy:
    types: tuple[PolicyType, ...] = dice.choice((("Ingress",), ("Egress",), ("Ingress", "Egress")))
    return NetworkPolicy(
        dice.choice(NAMESPACES),
        name,
        pod_selector=_selector(dice),
        types=types,
        ingress=tuple(_rule(dice) for _ in range(dice.randint(0, 2))),
        egress=tuple(_rule(dice) for _ in range(dice.randint(0, 2))),
    )


def _selector(dice: random.Random) -> LabelSelector:
    shape = dice.random()
    if shape < 0.25:
        return LabelSelector()
    key = dice.choice(list(KEYS))
    if shape < 0.65:
        return LabelSelector({key: dice.choice(KEYS[key])})
    operator = dice.choice(OPERATORS)
    values = (
        tuple(dice.sample(KEYS[key], dice.randint(1, 2))) if operator in ("In", "NotIn") else ()
    )
    return LabelSelector(match_expressions=(Requirement(key, operator, values),))


def _rule(dice: random.Random) -> PolicyRule:
    return PolicyRule(
        peers=tuple(_peer(dice) for _ in range(dice.randint(0, 2))),
        ports=tuple(_port(dice) for _ in range(dice.randint(0, 2))),
    )


def _peer(dice: random.Random) -> PolicyPeer:
    shape = dice.random()
    if shape < 0.2:
        excepts = dice.choice(((), ("203.0.113.8/29",)))
        return PolicyPeer(
            ip_block=IPBlock(dice.choice(("203.0.113.0/24", "198.51.100.0/24")), ())
            if not excepts
            else IPBlock("203.0.113.0/24", excepts)
        )
    if shape < 0.5:
        return PolicyPeer(pod_selector=_selector(dice))
    namespaces = dice.choice(
        (
            LabelSelector(),
            LabelSelector({"team": dice.choice(KEYS["team"])}),
            LabelSelector(
                match_expressions=(Requirement("team", dice.choice(("Exists", "DoesNotExist"))),)
            ),
        )
    )
    return PolicyPeer(
        pod_selector=_selector(dice) if shape < 0.8 else None, namespace_selector=namespaces
    )


def _port(dice: random.Random) -> PolicyPort:
    shape = dice.random()
    if shape < 0.4:
        return PolicyPort("TCP", dice.choice((8080, 8081, 9090, 80, 443)))
    if shape < 0.6:
        return PolicyPort("TCP", dice.choice(("http", "admin", "metrics")))
    if shape < 0.75:
        return PolicyPort("TCP", 8080, 8090)
    return PolicyPort("UDP", dice.choice((5353, "talk", "http", None)))
