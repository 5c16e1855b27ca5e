"""What of a check is looked for in what engines say: pods, addresses, ports. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from prober.model.check import EndpointKind, VantageKind
from prober.model.run import CheckRecord
from prober.model.snapshot import Snapshot

PodKey = tuple[str, str]
"""Namespace and name."""


@dataclass(frozen=True, slots=True)
class Concern:
    """A check, as those see it who drop its packets."""

    record: CheckRecord
    source: PodKey
    """The pod that it is dialled from; two empty words where it is none."""
    destinations: frozenset[PodKey]
    """The pods that it may arrive at."""
    addresses: frozenset[str]
    """Where it is sent to, before and behind a translation."""
    own: frozenset[str]
    """The addresses that it is sent from, as far as they are known: a probe pod has its own."""
    ports: frozenset[int]
    nodes: frozenset[str]
    """The nodes that it passes."""

    @property
    def id(self) -> str:
        return self.record.check.id

    def is_its(self, source: str, destination: str, port: int) -> bool:
        """Whether a packet may have been the probe's."""
        return destination in self.addresses and (port in self.ports or not self.ports)

    def is_answer(self, source: str, port: int) -> bool:
        """Whether a packet may have been the answer to it."""
        return source in self.addresses and port in self.ports


def concern_of(record: CheckRecord, snapshot: Snapshot) -> Concern:
    """What is looked for."""
    check, flow = record.check, record.check.flow
    vantage = check.vantage
    source = (vantage.namespace, vantage.name) if vantage.kind is VantageKind.POD else ("", "")
    backends = [backend for backend in record.prediction.backends if backend.pod]
    pods = {(backend.pod.namespace, backend.pod.name) for backend in backends if backend.pod}
    target = flow.destination
    if target.kind is EndpointKind.POD:
        pods.add((target.namespace, target.name))
    addresses = {
        address for pod in pods if pod in snapshot.pods for address in snapshot.pods[pod].ips
    }
    addresses |= {address for address in (record.observation.address, target.address) if address}
    service = snapshot.services.get((target.namespace, target.name))
    if service and target.kind is EndpointKind.SERVICE:
        addresses |= set(service.cluster_ips)
    node = snapshot.nodes.get(target.name) if target.kind is EndpointKind.NODE else None
    addresses |= set(node.addresses) if node else set()
    ports = {backend.port for backend in backends if backend.port}
    ports |= {flow.port} if isinstance(flow.port, int) else set()
    nodes = {snapshot.pods[pod].node for pod in pods if pod in snapshot.pods}
    nodes |= {target.name} if node else set()
    own = snapshot.pods.get(source)
    nodes.add(own.node if own else vantage.name if vantage.kind is VantageKind.NODE else "")
    return Concern(
        record,
        source,
        frozenset(pods),
        frozenset(addresses),
        frozenset(own.ips if own else ()),
        frozenset(ports),
        frozenset(nodes - {""}),
    )
