"""The whole matrix: every pod × every pod × every declared port, as rows of bits.

A cell says exactly what `Predictor.predict` says for the same flow (a property test holds the two
together). Only the work is arranged differently: a rule is applied to all pods at once, and pods
that no policy can tell apart share their rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.objects import Pod
from prober.model.prediction import Ruling
from prober.model.snapshot import Snapshot
from prober.policy.deciding.pod_sets import PodSet, members
from prober.policy.deciding.world import PortKey
from prober.policy.matrix.engine import Row, rows_of
from prober.policy.worlds import worlds_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One source, one destination, one port that the destination declares."""

    source: Pod
    destination: Pod
    port: int
    protocol: str
    egress: Ruling
    ingress: Ruling

    @property
    def verdict(self) -> Ruling:
        if Ruling.DENIED in (self.egress, self.ingress):
            return Ruling.DENIED
        return (
            Ruling.UNDEFINED if Ruling.UNDEFINED in (self.egress, self.ingress) else Ruling.ALLOWED
        )

    @property
    def flow(self) -> Flow:
        """The flow that the cell is about."""
        source, destination = (
            Endpoint(EndpointKind.POD, pod.namespace, pod.name)
            for pod in (self.source, self.destination)
        )
        return Flow(source, destination, self.protocol, self.port)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cells have each verdict."""

    allowed: int
    denied: int
    undefined: int

    @property
    def total(self) -> int:
        return self.allowed + self.denied + self.undefined


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cells. `rows[port][i]` has the bits of source i; bit j is destination j of `pods`."""

    pods: tuple[Pod, ...]
    ports: tuple[PortKey, ...]
    """Every port that a pod declares, in ascending order."""
    destinations: Mapping[PortKey, PodSet]
    """The pods that declare each port: only they have cells."""
    rows: Mapping[PortKey, tuple[Row, ...]]

    def allowed(self, port: PortKey, source: int) -> PodSet:
        """The destinations that a source reaches on a port."""
        row = self.rows[port][source]
        return row.egress_allowed & row.ingress_allowed

    def denied(self, port: PortKey, source: int) -> PodSet:
        row = self.rows[port][source]
        return row.egress_denied | row.ingress_denied

    def undefined(self, port: PortKey, source: int) -> PodSet:
        return self.destinations[port] & ~self.allowed(port, source) & ~self.denied(port, source)

    def counts(self) -> Counts:
        sources = range(len(self.pods))
        allowed = sum(
            self.allowed(port, source).bit_count() for port in self.ports for source in sources
        )
        denied = sum(
            self.denied(port, source).bit_count() for port in self.ports for source in sources
        )
        total = sum(self.destinations[port].bit_count() for port in self.ports) * len(self.pods)
        return Counts(allowed, denied, total - allowed - denied)

    def cells(self) -> Iterator[Cell]:
        """Every cell, made one at a time: by source, then port, then destination."""
        for source, pod in enumerate(self.pods):
            for number, protocol in self.ports:
                row = self.rows[number, protocol][source]
                for target in members(self.destinations[number, protocol]):
                    egress = _ruling(row.egress_allowed, row.egress_denied, target)
                    ingress = _ruling(row.ingress_allowed, row.ingress_denied, target)
                    yield Cell(pod, self.pods[target], number, protocol, egress, ingress)


def reachability(snapshot: Snapshot) -> Matrix:
    """The matrix of a snapshot. Raises `UsageError` for an ipBlock that is not a CIDR."""
    worlds = worlds_of(snapshot, {})
    pods = worlds[0].sets.pods
    destinations: dict[PortKey, PodSet] = {}
    for index, pod in enumerate(pods):
        for port in pod.ports:
            key = (port.number, port.protocol)
            destinations[key] = destinations.get(key, 0) | 1 << index
    ports = tuple(sorted(destinations))
    each = [rows_of(world, destinations) for world in worlds]
    rows = {port: _common([rows_of_world[port] for rows_of_world in each]) for port in ports}
    return Matrix(pods, ports, destinations, rows)


def _common(each: Sequence[tuple[Row, ...]]) -> tuple[Row, ...]:
    """What all of several worlds say."""
    if len(each) == 1:
        return each[0]
    return tuple(
        Row(*(reduce(and_, column) for column in zip(*rows, strict=True)))
        for rows in zip(*each, strict=True)
    )


def _ruling(allowed: PodSet, denied: PodSet, target: int) -> Ruling:
    if allowed >> target & 1:
        return Ruling.ALLOWED
    return Ruling.DENIED if denied >> target & 1 else Ruling.UNDEFINED
