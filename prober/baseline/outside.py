"""Before a rollout: what edited policies would change about hosts outside the cluster. Pure.

Nobody knows which hosts there are, but policies can tell only so many apart: one address of each
stretch between the borders of their ipBlocks stands for all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from prober.baseline.compare import kind_of
from prober.baseline.naming import workload_name
from prober.model.baseline import Cell, Change, ChangeStatus, FlowKey, Forecast, PolicyEdit
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.objects import NetworkPolicy, Pod
from prober.model.snapshot import Snapshot
from prober.policy import Predictor
from prober.policy.deciding import compile_block, format_address, parse_addresses, samples

OUTSIDE = "outside"
USUAL_PORTS = ((22, "TCP"), (53, "UDP"), (80, "TCP"), (443, "TCP"))
"""What pods want from outside, whether or not a policy names it."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """An address that stands for many."""

    address: str
    block: str = ""
    """The narrowest ipBlock around it; empty: none is."""

    @property
    def name(self) -> str:
        """As in a flow: `203.0.113.0/24`, `other IPv4`."""
        return self.block or f"other IPv{ip_address(self.address).version}"

    @property
    def host(self) -> str:
        """As in a sentence."""
        return f"a host in {self.block}" if self.block else "any other host"


class Outside:
    """Two worlds with the same pods, as far as hosts outside are concerned."""

    def __init__(
        self,
        before: Snapshot,
        after: Snapshot,
        edits: Sequence[PolicyEdit],
        wanted: Callable[[Pod], bool],
    ) -> None:
        self._old, self._new = Predictor(before), Predictor(after)
        edited = {edit.policy for edit in edits}
        policies = [
            policy
            for snapshot in (before, after)
            for policy in snapshot.policies
            if policy.ref in edited
        ]
        spaces = {ref.namespace for ref in edited}
        pods = after.pods.values()
        self._pods = [
            pod for pod in pods if pod.namespace in spaces and pod.running and wanted(pod)
        ]
        near = [
            policy
            for snapshot in (before, after)
            for policy in snapshot.policies
            if policy.namespace in spaces
        ]
        self._stretches = list(_stretches(after, near))
        self._ports = sorted({*USUAL_PORTS, *_named_ports(policies)})
        self.flows = 0
        """How many were compared, once `changes` has ended."""

    def changes(self) -> Iterator[tuple[Change, Flow]]:
        """Every flow from a workload to outside, or from there, that changes; with one flow that
        shows it."""
        by_flow: dict[FlowKey, dict[str, tuple[Cell, Cell, Flow]]] = {}
        for pod in self._distinct():
            for key, stretch, flow in self._flows(pod):
                old, new = (
                    Cell(_forecast(predictor, flow)) for predictor in (self._old, self._new)
                )
                by_flow.setdefault(key, {})[stretch.name] = (old, new, flow)
        self.flows = len(by_flow)
        for key in sorted(by_flow):
            yield from _merged(key, by_flow[key])

    def _distinct(self) -> Iterator[Pod]:
        """Of each workload, one pod for each set of policies that selects its pods, then and
        now."""
        seen: set[tuple[object, ...]] = set()
        for pod in self._pods:
            applied = (
                tuple(
                    matcher.policy.ref
                    for matcher in predictor.world.applied(index, direction).policies
                )
                for predictor in (self._old, self._new)
                for index in (predictor.world.sets.position[pod.namespace, pod.name],)
                for direction in ("egress", "ingress")
            )
            identity = (workload_name(pod), *applied)
            if identity not in seen:
                seen.add(identity)
                yield pod

    def _flows(self, pod: Pod) -> Iterator[tuple[FlowKey, _Stretch, Flow]]:
        name, inside = workload_name(pod), Endpoint(EndpointKind.POD, pod.namespace, pod.name)
        versions = {version for version, _ in parse_addresses(pod.ips)} or {4}
        for stretch in self._stretches:
            if ip_address(stretch.address).version not in versions:
                continue
            host = Endpoint(EndpointKind.OUTSIDE, name=stretch.host, address=stretch.address)
            for port, protocol in self._ports:
                yield (
                    FlowKey(name, OUTSIDE, port, protocol),
                    stretch,
                    Flow(inside, host, protocol, port),
                )
            for own in pod.ports:
                key = FlowKey(OUTSIDE, name, own.number, own.protocol)
                yield key, stretch, Flow(host, inside, own.protocol, own.number)


def _forecast(predictor: Predictor, flow: Flow) -> Forecast:
    return Forecast(predictor.rulings(flow).verdict.value)


def _merged(
    key: FlowKey, by_stretch: dict[str, tuple[Cell, Cell, Flow]]
) -> Iterator[tuple[Change, Flow]]:
    """One change where all addresses change alike, else one for each stretch that does."""
    different = {(old.predicted, new.predicted) for old, new, _ in by_stretch.values()}
    stretches = list(by_stretch.items())
    for name, (old, new, flow) in stretches[:1] if len(different) == 1 else stretches:
        kind = kind_of(old, new)
        if kind is not None:
            which = OUTSIDE if len(different) == 1 else f"{OUTSIDE}/{name}"
            ends = (which, key.destination) if key.source == OUTSIDE else (key.source, which)
            yield (
                Change(
                    FlowKey(*ends, key.port, key.protocol), kind, ChangeStatus.CHANGED, old, new
                ),
                flow,
            )


def _stretches(snapshot: Snapshot, policies: Iterable[NetworkPolicy]) -> Iterator[_Stretch]:
    """One address of each stretch that the policies tell apart, without those that the cluster
    itself has."""
    blocks = [
        peer.ip_block
        for policy in policies
        for rule in (*policy.ingress, *policy.egress)
        for peer in rule.peers
        if peer.ip_block
    ]
    written = {ip_network(text) for block in blocks for text in (block.cidr, *block.excepts)}
    own = [
        ip_network(text, strict=False)
        for node in snapshot.nodes.values()
        for text in node.pod_cidrs
    ]
    taken = {ip for pod in snapshot.pods.values() for ip in pod.ips}
    taken |= {ip for node in snapshot.nodes.values() for ip in node.addresses}
    taken |= {ip for service in snapshot.services.values() for ip in service.cluster_ips}
    for sample in samples(map(compile_block, blocks)):
        address = ip_address(format_address(sample))
        if str(address) in taken or any(address in network for network in own):
            continue
        around = [network for network in written if address in network and network.prefixlen]
        yield _Stretch(
            str(address), str(max(around, key=lambda network: network.prefixlen)) if around else ""
        )


def _named_ports(policies: Iterable[NetworkPolicy]) -> Iterator[tuple[int, str]]:
    """The ports at which egress rules begin and end to allow something."""
    for policy in policies:
        for rule in policy.egress:
            for port in rule.ports:
                if isinstance(port.port, int):
                    yield port.port, port.protocol
                    if port.end_port is not None:
                        yield port.end_port, port.protocol
