"""The whole matrix: every pod × every pod × every declared port, as rows of bits.

A cell says exactly what `Predictor.predict` says for the same flow (a property test holds the two
together). Only the work is arranged differently: a rule is applied to all pods at once, pods that
no policy can tell apart share their rows, and what changed policies cannot have touched is taken
from the matrix before. A row is worked out when it is asked for, and not kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.objects import Pod
from prober.model.prediction import DIRECTIONS, Ruling
from prober.model.snapshot import Snapshot
from prober.policy.deciding.rules.pod_sets import PodSet, members, set_of, union
from prober.policy.deciding.world import PortKey, World
from prober.policy.matrix.engine import MatrixEngine
from prober.policy.matrix.possibilities import Row
from prober.policy.worlds import worlds_after, worlds_of


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


_FEW = 200
"""Sources that are asked of every column, before all columns are turned into rows."""


class Matrix:
    """All cells. Bit j of a set is the j-th of `pods`; only the pods of `destinations` have cells
    on a port."""

    def __init__(self, worlds: Sequence[World], earlier: Matrix | None = None) -> None:
        self.worlds = worlds
        """What the snapshot may be, one for each engine that may enforce its policies."""
        self._earlier = earlier
        self.pods: tuple[Pod, ...] = worlds[0].sets.pods
        self.destinations: Mapping[PortKey, PodSet] = (
            earlier.destinations if earlier else _declaring(self.pods)
        )
        """The pods that declare each port."""
        self.ports: tuple[PortKey, ...] = tuple(sorted(self.destinations))
        """Every port that a pod declares, in ascending order."""
        self._alive = set_of(
            at for at, pod in enumerate(self.pods) if pod.running and not pod.unscheduled
        )
        before: Sequence[MatrixEngine | None] = (
            earlier._engines if earlier else [None] * len(worlds)
        )
        self._engines: list[MatrixEngine] = [
            MatrixEngine(world, self.destinations, engine)
            for world, engine in zip(worlds, before, strict=True)
        ]

    def row(self, port: PortKey, source: int) -> Row:
        """Everything about one source and one port."""
        return self._whole(port, source, [engine.row(port, source) for engine in self._engines])

    def allowed(self, port: PortKey, source: int) -> PodSet:
        """The destinations that a source reaches on a port."""
        return self.row(port, source).allowed

    def denied(self, port: PortKey, source: int) -> PodSet:
        """The destinations that policies keep a source from."""
        return self.row(port, source).denied

    def undefined(self, port: PortKey, source: int) -> PodSet:
        """The destinations of which the API leaves it open."""
        row = self.row(port, source)
        return self.destinations[port] & ~row.allowed & ~row.denied

    def rows(self, port: PortKey, sources: PodSet) -> Iterator[tuple[int, Row]]:
        """The rows of some sources: the way that is the quicker for as many."""
        many = sources.bit_count() > _FEW
        for source in members(sources):
            rows = [
                engine.row_of_many(port, source) if many else engine.row(port, source)
                for engine in self._engines
            ]
            yield source, self._whole(port, source, rows)

    def shared_rows(self, port: PortKey) -> Iterator[tuple[PodSet, Row]]:
        """All sources, those with the same row together, and that row without their own cells: a
        pod that has one reaches itself (`own_cells`)."""
        groups: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
        each = [engine.likeness(port) for engine in self._engines]
        for index, same in enumerate(zip(*each, strict=True)):
            groups[same].append(index)
        for group in groups.values():
            rows = [engine.row_of_many(port, group[0]) for engine in self._engines]
            yield set_of(group), _common(rows)

    @property
    def folds(self) -> int:
        """How many folds over tiers were made so far: what the work consists of."""
        return sum(engine.folds for engine in self._engines)

    def own_cells(self, port: PortKey) -> PodSet:
        """The pods that can reach themselves on a port."""
        return self.destinations[port] & self._alive

    def counts(self) -> Counts:
        """How many cells have each verdict."""
        allowed = denied = 0
        for port in self.ports:
            own = self.own_cells(port)
            for sources, row in self.shared_rows(port):
                count = sources.bit_count()
                allowed += count * row.allowed.bit_count()
                allowed += (sources & own & ~row.allowed).bit_count()
                denied += count * row.denied.bit_count()
                denied -= (sources & own & row.denied).bit_count()
        total = sum(self.destinations[port].bit_count() for port in self.ports) * len(self.pods)
        return Counts(allowed, denied, total - allowed - denied)

    def cells(self) -> Iterator[Cell]:
        """Every cell, made one at a time: by source, then port, then destination."""
        for source, pod in enumerate(self.pods):
            for port in self.ports:
                rows = [engine.row_of_many(port, source) for engine in self._engines]
                row = self._whole(port, source, rows)
                for target in members(self.destinations[port]):
                    egress = _ruling(row.egress_allowed, row.egress_denied, target)
                    ingress = _ruling(row.ingress_allowed, row.ingress_denied, target)
                    yield Cell(pod, self.pods[target], *port, egress, ingress)

    def after(self, snapshot: Snapshot) -> Matrix:
        """The matrix of another snapshot. Where it differs from this one's in NetworkPolicies
        alone, only what they can have touched is worked out again."""
        first = self._earlier or self
        worlds = worlds_after(first.worlds, snapshot)
        return Matrix(worlds, first) if worlds else reachability(snapshot)

    def differing(self, other: Matrix, port: PortKey) -> PodSet:
        """The sources whose rows on a port may differ from those of another matrix over the same
        pods. Of two that were made one after the other only changed policies are looked at."""
        if self._earlier is not other and other._earlier is not self:
            return self._alive
        later, first = (self, other) if self._earlier is other else (other, self)
        pairs = zip(first._engines, later._engines, strict=True)
        return union(new.differing(old, port) for old, new in pairs) & self._alive

    def changed(self, other: Matrix) -> PodSet:
        """The pods that may have other policies, in any direction, than in another matrix over the
        same pods."""
        if self._earlier is not other:
            return self._alive
        return union(world.changed(way) for world in self.worlds for way in DIRECTIONS)

    def _whole(self, port: PortKey, source: int, rows: Sequence[Row]) -> Row:
        return _common(rows).reaching(1 << source & self.own_cells(port))


def reachability(snapshot: Snapshot) -> Matrix:
    """The matrix of a snapshot. Raises `UsageError` for an ipBlock that is not a CIDR."""
    return Matrix(worlds_of(snapshot, {}))


def _declaring(pods: Sequence[Pod]) -> dict[PortKey, PodSet]:
    indexes: defaultdict[PortKey, list[int]] = defaultdict(list)
    for index, pod in enumerate(pods):
        for port in pod.ports:
            indexes[port.number, port.protocol].append(index)
    return {port: set_of(declaring) for port, declaring in indexes.items()}


def _common(rows: Sequence[Row]) -> Row:
    """What all of several worlds say."""
    if len(rows) == 1:
        return rows[0]
    return Row(*(reduce(and_, column) for column in zip(*rows, strict=True)))


def _ruling(allowed: PodSet, denied: PodSet, target: int) -> Ruling:
    if allowed >> target & 1:
        return Ruling.ALLOWED
    return Ruling.DENIED if denied >> target & 1 else Ruling.UNDEFINED
