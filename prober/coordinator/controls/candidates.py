"""Who can be asked: what a vantage may reach, and who may reach a target, as the prediction has it.
Pure.

A control must be something that the policies allow: what they deny shows nothing when it is
closed. So candidates come from the prediction, and only from flows that it calls allowed; what the
API leaves open is no control.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from prober.coordinator.controls import probing
from prober.coordinator.controls.context import Place, node_of_vantage
from prober.coordinator.controls.probing import node_vantage
from prober.model.check import Check, Endpoint, EndpointKind, Flow, Vantage, VantageKind
from prober.model.errors import ProberError
from prober.model.network.components import Component, component_of
from prober.model.objects import Pod, Service
from prober.model.prediction import Prediction, Ruling
from prober.model.probe import Probe
from prober.model.snapshot import Snapshot
from prober.policy import Predictor

MOST_TRIED = 200
"""Pods that are looked through for a candidate: in a large cluster the first few decide."""
MOST_PEERS = 2
"""Candidates that are asked for one thing: the second is there for where the first is dead."""
MOST_USERS = 3
"""Who is asked for the same flow on one node: the node itself, and two pods."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Something that a vantage may reach, and the probe that asks it."""

    name: str
    node: str
    address: str
    probe: Probe
    pod: Pod | None = None
    """None where it is a Service."""


@dataclass
class Candidates:
    """One run's candidates. What was found is remembered: many checks ask for the same."""

    snapshot: Snapshot
    predictor: Predictor
    vantages: Collection[Vantage]
    """Everywhere a probe can be run from."""
    used: Collection[Vantage]
    """The vantages of the run's own checks: asking these costs a probe, asking others may cost a
    pod."""
    witnesses: Mapping[Vantage, Sequence[Check]] = field(default_factory=dict)
    """By vantage: the run's own checks from there that the policies allow for certain."""
    timeout: float = 2.0
    """Seconds: the longest of the run's checks."""
    inside: Collection[Vantage] = ()
    """Pods in whose own network a probe runs, without anything being made for it."""
    _known: dict[tuple[Vantage, str, str, frozenset[str]], tuple[Peer, ...]] = field(
        default_factory=dict
    )
    _pods: dict[str, list[Pod]] = field(default_factory=dict)
    closed_ports: dict[Vantage, set[int]] = field(default_factory=dict)
    """By vantage: the ports on which nothing listens that it is asked to try over UDP."""
    told: dict[tuple[Vantage, str], list[Pod]] = field(default_factory=dict)
    """By target and node: the sources there that the target is asked to speak to."""
    _readings: Sequence[Predictor] = ()
    """What the policies may mean here: a control is allowed by all of it."""

    def __post_init__(self) -> None:
        self._readings = [self.predictor]
        policies = self.snapshot.policies
        if any(policy.unnamed for policy in policies):
            # Rules that by the API have no effect, and that some engine may apply.
            named = replace(self.snapshot, policies=tuple(each.naming_all() for each in policies))
            self._readings = [self.predictor, self.predictor.over(named)]
        self.vantages = frozenset(self.vantages)
        self.used = sorted(vantage for vantage in set(self.used) if vantage in self.vantages)
        for _, pod in sorted(self.snapshot.pods.items()):
            if pod.running and pod.ready and pod.ips and pod.node and not pod.host_network:
                self._pods.setdefault(pod.node, []).append(pod)

    def endpoint(self, vantage: Vantage) -> Endpoint:
        """The vantage as the source of a flow."""
        if vantage.kind is VantageKind.POD:
            return Endpoint(EndpointKind.POD, vantage.namespace, vantage.name)
        kind = EndpointKind.NODE if vantage.kind is VantageKind.NODE else EndpointKind.OUTSIDE
        return Endpoint(kind, name=vantage.name)

    def allows(
        self, source: Vantage, destination: Endpoint, protocol: str, port: int | str | None
    ) -> bool:
        """Whether the policies allow the flow, for certain."""
        # For certain: `rulings` says UNDEFINED where the API leaves it open, and a control that may
        # be denied would turn every denial into a doubt.
        flow = Flow(
            self.endpoint(source), destination, protocol, None if protocol == "ICMP" else port
        )
        try:
            return all(
                predictor.rulings(flow).verdict is Ruling.ALLOWED for predictor in self._readings
            )
        except ProberError:
            return False

    def node(self, name: str) -> Vantage | None:
        """A node as a vantage; None where nothing can be run there."""
        vantage = node_vantage(name)
        return vantage if name and vantage in self.vantages else None

    def other_nodes(self, *names: str) -> tuple[Vantage, ...]:
        """The nodes but these, those first that the run uses anyway."""
        others = [
            node
            for name in sorted(self.snapshot.nodes)
            if name not in names
            if (node := self.node(name))
        ]
        return tuple(sorted(others, key=lambda node: node not in self.used))

    def other_hosts(self, besides: Vantage) -> tuple[Vantage, ...]:
        """The hosts outside but this one."""
        hosts = (vantage for vantage in self.vantages if vantage.kind is VantageKind.OUTSIDE)
        return tuple(sorted(host for host in hosts if host != besides))

    def balanced(self, address: str) -> tuple[Service, ...]:
        """The Services that admit only certain ranges to this load balancer's address."""
        return tuple(
            service
            for _, service in sorted(self.snapshot.services.items())
            if address in service.load_balancer_ips and service.source_ranges
        )

    def address_of(self, node: str, family: str) -> str:
        """A node's own address; empty where it has none of the family."""
        known_node = self.snapshot.nodes.get(node)
        six = family == "ipv6"
        return next(
            (text for text in (known_node.addresses if known_node else ()) if (":" in text) is six),
            "",
        )

    def first_pod(self, node: str, family: str) -> tuple[str, str] | None:
        """The name and address of the pod by which packets are seen to arrive at a node."""
        six = family == "ipv6"
        for pod in self._pods.get(node, ()):
            for address in pod.ips:
                if (":" in address) is six:
                    return f"pod {pod.ref}", address
        return None

    def peers(
        self,
        source: Vantage,
        protocol: str,
        family: str,
        nodes: Collection[str],
        besides: Collection[str],
    ) -> tuple[Peer, ...]:
        """Pods on these nodes that the source may reach, at most `MOST_PEERS`; without those of
        these addresses.

        Over the protocol itself where there are any that answer it, so that a network that loses
        datagrams, or echo, is not vouched for by a connection; else over TCP, or by DNS.
        """
        for spoken in dict.fromkeys((protocol, "TCP", "UDP")):
            key = (source, spoken, family, frozenset(nodes))
            if key not in self._known:
                # Two more than are wanted: both ends of the check may be among them.
                # `islice` of a generator: in a cluster of 5,000 pods the first few candidates end
                # the search. The cache is by vantage, because it is the vantage's policies that
                # decide.
                speaking = self._speaking(source, spoken, family, nodes)
                self._known[key] = tuple(islice(speaking, MOST_PEERS + 2))
            fitting = [peer for peer in self._known[key] if peer.address not in besides]
            if fitting:
                return tuple(fitting[:MOST_PEERS])
        return ()

    def _speaking(
        self, source: Vantage, protocol: str, family: str, nodes: Collection[str]
    ) -> Iterator[Peer]:
        pods = [pod for node in sorted(nodes) for pod in self._pods.get(node, ())]
        # Cluster DNS first: it is the one pod that every cluster has and that is sure to answer.
        pods.sort(key=lambda pod: component_of(pod) is not Component.CLUSTER_DNS)
        six = family == "ipv6"
        for pod in pods[:MOST_TRIED]:
            address = next((ip for ip in pod.ips if (":" in ip) is six), "")
            for number, probe in self._questions(pod, address, protocol) if address else ():
                to = Endpoint(EndpointKind.POD, pod.namespace, pod.name, address)
                if self.allows(source, to, protocol, number):
                    name = f"pod {pod.ref}" + (f":{number}" if number else "")
                    yield Peer(name, pod.node, address, probe, pod)
                    break

    def _questions(self, pod: Pod, address: str, protocol: str) -> Iterator[tuple[int, Probe]]:
        """What a pod may be asked over a protocol, with the port that policies see."""
        if protocol == "ICMP":
            yield 0, probing.echo(address, self.timeout)
            return
        for port in pod.ports:
            if port.protocol == protocol == "TCP":
                yield port.number, probing.connect(address, port.number, self.timeout)
            elif port.protocol == protocol and component_of(pod) is Component.CLUSTER_DNS:
                yield port.number, probing.question(address, self.timeout, port.number)
        if protocol == "UDP":
            # The last resort for UDP: a port on which nothing listens. The pod's kernel answers
            # with port unreachable, which comes back only if the datagram got there.
            yield probing.CLOSED, probing.datagram(address, probing.CLOSED, self.timeout)

    def services(
        self, source: Vantage, besides: Service | None, *, over_udp: bool
    ) -> Iterator[Peer]:
        """Services whose translation the source may use: cluster DNS over UDP, any over TCP."""
        for key, service in sorted(self.snapshot.services.items()):
            if service == besides or service.headless or not service.cluster_ips:
                continue
            to, address = Endpoint(EndpointKind.SERVICE, *key), service.cluster_ips[0]
            for port in service.ports:
                wanted = (
                    port.protocol == "TCP"
                    if not over_udp
                    else (port.protocol, port.port) == ("UDP", 53)
                )
                if wanted and self.allows(source, to, port.protocol, port.port):
                    probe = (
                        probing.question(address, self.timeout)
                        if over_udp
                        else probing.connect(address, port.port, self.timeout)
                    )
                    yield Peer(f"Service {service.ref}:{port.port}", "", address, probe)
                    break

    def askers(
        self, place: Place, protocol: str, *, first: str, besides: Collection[Vantage]
    ) -> tuple[Vantage, ...]:
        """Who may reach a place, away from its own node, at most `MOST_PEERS`: those on the node
        `first` before the others, nodes before pods, and of pods only the run's own vantages."""
        to = self._destination(place)
        nodes = self.other_nodes(place.node)
        pods = [vantage for vantage in self.used if vantage.kind is VantageKind.POD]
        # Nodes before pods among equals: an agent on a node is there anyway, while a probe from a
        # pod may cost an ephemeral container, and leave a trace in somebody's pod.
        near = [
            *(node for node in nodes if node.name == first),
            *(pod for pod in pods if self.node_of(pod) == first),
        ]
        order = dict.fromkeys(
            (*near, *nodes, *(pod for pod in pods if self.node_of(pod) != place.node))
        )
        willing = (
            vantage
            for vantage in order
            if vantage not in besides
            and self.node_of(vantage) != place.node
            and self.allows(vantage, to, protocol, place.port)
        )
        return tuple(islice(willing, MOST_PEERS))

    def users(
        self, destination: Endpoint, protocol: str, port: int | str | None, on: str
    ) -> tuple[Vantage, ...]:
        """Who on a node may make a flow: the node, the run's own vantages there, and pods that cost
        nothing."""
        here = [node for node in [self.node(on)] if node is not None]
        here += [
            vantage
            for vantage in (*self.used, *self.inside_on(on))
            if vantage.kind is VantageKind.POD and self.node_of(vantage) == on
        ]
        willing = (
            vantage
            for vantage in dict.fromkeys(here)
            if self.allows(vantage, destination, protocol, port)
        )
        return tuple(islice(willing, MOST_USERS))

    def inside_on(self, node: str) -> Iterator[Vantage]:
        """The pods on a node that a probe can run in for nothing."""
        pods = (vantage_of(pod) for pod in self._pods.get(node, ()))
        return (vantage for vantage in pods if vantage in self.inside)

    def node_of(self, vantage: Vantage) -> str:
        """The node that a vantage is on; empty for a host outside."""
        return node_of_vantage(vantage, self.snapshot)

    @staticmethod
    def _destination(place: Place) -> Endpoint:
        if place.pod is None:
            return Endpoint(EndpointKind.NODE, name=place.node)
        return Endpoint(EndpointKind.POD, place.pod.namespace, place.pod.name, place.address)


def vantage_of(pod: Pod) -> Vantage:
    """The pod as a place to probe from."""
    return Vantage(VantageKind.POD, pod.namespace, pod.name)


def candidates_of(
    checks: Sequence[Check],
    predictions: Mapping[str, Prediction],
    snapshot: Snapshot,
    predictor: Predictor,
    vantages: Collection[Vantage],
    inside: Collection[Vantage] = (),
) -> Candidates:
    """The candidates for the controls of these checks."""
    witnesses: dict[Vantage, list[Check]] = {}
    for check in checks:
        if predictions[check.id].verdict is Ruling.ALLOWED and not check.skip_reason:
            witnesses.setdefault(check.vantage, []).append(check)
    timeout = max((check.probe.timeout for check in checks), default=2.0)
    used = {check.vantage for check in checks if not check.skip_reason}
    return Candidates(snapshot, predictor, vantages, used, witnesses, timeout, frozenset(inside))
