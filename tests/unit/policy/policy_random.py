"""Random small worlds and flows, for properties that must hold in all of them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from prober.model.check import Endpoint, EndpointKind, Flow
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
    Protocol,
    Requirement,
    Service,
    ServicePort,
)
from prober.model.snapshot import Snapshot

NODES = {"n1": "198.51.100.1", "n2": "198.51.100.2"}
NAMESPACES = ("a", "b")
KEYS = ("x", "y")
VALUES = ("1", "2")
NUMBERS = (80, 81, 8080)
NAMES = ("web", "api")
CIDRS = (
    "0.0.0.0/0",
    "198.18.0.0/24",
    "198.18.0.0/30",
    "198.51.100.1/32",
    "203.0.113.0/24",
    "198.19.0.0/16",
    "::/0",
)
OUTSIDE = ("203.0.113.5", "198.51.100.1", "2001:db8::5", "unknown.example.com")

protocols: st.SearchStrategy[Protocol] = st.sampled_from(["TCP", "TCP", "UDP"])
labels = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES))


@st.composite
def requirements(draw: st.DrawFn) -> Requirement:
    operator = draw(st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]))
    values = (
        draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=2))
        if operator in ("In", "NotIn")
        else []
    )
    return Requirement(draw(st.sampled_from(KEYS)), operator, tuple(values))  # type: ignore[arg-type]  # sampled above


selectors = st.builds(LabelSelector, labels, st.lists(requirements(), max_size=1).map(tuple))
blocks = st.builds(
    IPBlock,
    st.sampled_from(CIDRS),
    st.lists(st.sampled_from(["198.18.0.2/32", "203.0.113.4/30"]), max_size=1).map(tuple),
)


@st.composite
def peers(draw: st.DrawFn) -> PolicyPeer:
    kind = draw(st.sampled_from(["pod", "namespace", "both", "block"]))
    if kind == "block":
        return PolicyPeer(ip_block=draw(blocks))
    pod = draw(selectors) if kind in ("pod", "both") else None
    return PolicyPeer(pod, draw(selectors) if kind in ("namespace", "both") else None)


@st.composite
def ports(draw: st.DrawFn) -> PolicyPort:
    port = draw(st.sampled_from([None, *NUMBERS, *NAMES]))
    end = draw(st.sampled_from([None, None, port + 5])) if isinstance(port, int) else None
    return PolicyPort(draw(protocols), port, end)


rules = st.builds(
    PolicyRule, st.lists(peers(), max_size=2).map(tuple), st.lists(ports(), max_size=2).map(tuple)
)
rule_lists = st.lists(rules, max_size=2).map(tuple)
types = st.sampled_from([("Ingress",), ("Egress",), ("Ingress", "Egress")])


@st.composite
def policies(draw: st.DrawFn, name: str = "p") -> NetworkPolicy:
    return NetworkPolicy(
        draw(st.sampled_from(NAMESPACES)),
        name,
        draw(selectors),
        draw(types),
        draw(rule_lists),
        draw(rule_lists),
    )


@st.composite
def pods(draw: st.DrawFn, number: int) -> Pod:
    host = draw(st.booleans()) and draw(st.booleans())
    node = draw(st.sampled_from([*NODES, *NODES, *NODES, ""]))
    own = (f"198.18.0.{number}",) if draw(st.integers(0, 5)) else ()
    declared = draw(
        st.lists(
            st.builds(
                ContainerPort, st.sampled_from(NUMBERS), protocols, st.sampled_from(["", *NAMES])
            ),
            max_size=3,
        )
    )
    return Pod(
        draw(st.sampled_from(NAMESPACES)),
        f"pod{number}",
        draw(labels),
        node,
        ((NODES[node],) if node else ()) if host else own,
        host,
        tuple(declared),
        running=bool(draw(st.integers(0, 12))),
    )


@st.composite
def worlds(draw: st.DrawFn) -> Snapshot:
    """Up to five pods, three policies and a Service in front of some of the pods."""
    drawn = [draw(pods(number)) for number in range(1, draw(st.integers(2, 5)) + 1)]
    chosen = tuple(draw(policies(f"p{number}")) for number in range(draw(st.integers(0, 3))))
    if draw(st.booleans()):  # isolated pods are the interesting ones
        chosen = (*chosen, NetworkPolicy("a", "deny", types=("Ingress", "Egress")))
    namespaces = {
        name: Namespace(name, {"kubernetes.io/metadata.name": name, **draw(labels)})
        for name in NAMESPACES
    }
    service = Service(
        "a",
        "svc",
        draw(st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer"])),
        cluster_ips=draw(st.sampled_from([(), ("198.19.0.1",)])),
        headless=draw(st.sampled_from([False, False, True])),
        selector=draw(labels),
        ports=(ServicePort(80, "TCP", "main", draw(st.sampled_from([8080, "web"])), 30080),),
        external_traffic_policy=draw(st.sampled_from(["Cluster", "Local"])),
        internal_traffic_policy=draw(st.sampled_from(["Cluster", "Cluster", "Local"])),
        load_balancer_ips=("203.0.113.80",),
    )
    return Snapshot(
        namespaces=namespaces,
        nodes={name: Node(name, (address,)) for name, address in NODES.items()},
        pods={(pod.namespace, pod.name): pod for pod in drawn},
        services={("a", "svc"): service},
        policies=chosen,
    )


@st.composite
def flows(draw: st.DrawFn, snapshot: Snapshot) -> Flow:
    """Between any two things of a world, or something outside."""
    known: Sequence[Endpoint] = [Endpoint(EndpointKind.POD, *key) for key in sorted(snapshot.pods)]
    outside = [Endpoint(EndpointKind.OUTSIDE, name=name) for name in OUTSIDE]
    nodes = [Endpoint(EndpointKind.NODE, name=name) for name in NODES]
    services = [
        Endpoint(EndpointKind.SERVICE, "a", "svc"),
        Endpoint(EndpointKind.OUTSIDE, name="203.0.113.80"),
        Endpoint(EndpointKind.OUTSIDE, name="198.19.0.1"),
    ]
    source = draw(st.sampled_from([*known, *known, *outside, *nodes]))
    destination = draw(st.sampled_from([*known, *known, *outside, *nodes, *services]))
    protocol = draw(st.sampled_from(["TCP", "TCP", "TCP", "UDP", "ICMP"]))
    port = None if protocol == "ICMP" else draw(st.sampled_from([80, 8080, 30080, 80, "web"]))
    return Flow(source, destination, protocol, port)
