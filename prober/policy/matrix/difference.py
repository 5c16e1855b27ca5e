"""What a change of the policies opens and closes: every pair of pods on every declared port, and
the world outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.prediction import Ruling
from prober.model.snapshot import Snapshot
from prober.policy.deciding.rules.pod_sets import PodSet, members
from prober.policy.deciding.world import PortKey
from prober.policy.matrix.matrix import Matrix, reachability
from prober.policy.predictor import Predictor

ANYWHERE = "anywhere"
"""A host outside of which nothing is known: what is allowed to it is allowed to every address."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Flows whose answer becomes `allowed`, and flows whose answer was that and is not any more."""

    opened: tuple[Flow, ...]
    closed: tuple[Flow, ...]


class Reference:
    """The snapshot that others are compared with: what is worked out about it is worked out
    once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def over(self, snapshot: Snapshot) -> Reference:
        """Another snapshot to compare with. What does not depend on what differs is shared."""
        other = Reference(snapshot)
        other.matrix = self.matrix.after(snapshot)
        return other

    @cached_property
    def matrix(self) -> Matrix:
        return reachability(self.snapshot)

    @cached_property
    def predictor(self) -> Predictor:
        # In the worlds of the matrix: to index a large snapshot takes longer than to compare it.
        return Predictor.within(self.matrix.worlds)


def difference(before: Reference, after: Snapshot, ports: Iterable[PortKey] = ()) -> Difference:
    """The difference between two snapshots with the same pods. `ports` are those to compare towards
    hosts outside; from outside, all that pods declare are."""
    later = before.over(after)
    old, new = before.predictor, later.predictor
    opened: list[Flow] = []
    closed: list[Flow] = []
    for flow in _outside(later.matrix, before.matrix, list(ports)):
        was, now = allows(old, flow), allows(new, flow)
        if was != now:
            (opened if now else closed).append(flow)
    for key in before.matrix.ports:
        for source, row, is_now in _differing(before.matrix, later.matrix, key):
            opened += _flows(before.matrix, key, source, is_now & ~row)
            closed += _flows(before.matrix, key, source, row & ~is_now)
    return Difference(tuple(opened), tuple(closed))


def _differing(old: Matrix, new: Matrix, port: PortKey) -> Iterator[tuple[int, PodSet, PodSet]]:
    """The sources whose rows differ: what each reached, and what it reaches now."""
    asked = old.differing(new, port)
    for (source, was), (_, row) in zip(old.rows(port, asked), new.rows(port, asked), strict=True):
        if was.allowed != row.allowed:
            yield source, was.allowed, row.allowed


def _flows(matrix: Matrix, port: PortKey, source: int, targets: PodSet) -> Iterator[Flow]:
    number, protocol = port
    pod = matrix.pods[source]
    start = Endpoint(EndpointKind.POD, pod.namespace, pod.name)
    for target in members(targets):
        to = matrix.pods[target]
        yield Flow(start, Endpoint(EndpointKind.POD, to.namespace, to.name), protocol, number)


def _outside(later: Matrix, before: Matrix, ports: list[PortKey]) -> Iterator[Flow]:
    """The flows to and from hosts outside of the pods that may have other policies."""
    anywhere = Endpoint(EndpointKind.OUTSIDE, name=ANYWHERE)
    for index in members(later.changed(before)):
        pod = later.pods[index]
        if pod.running and not pod.host_network:
            end = Endpoint(EndpointKind.POD, pod.namespace, pod.name)
            yield from (Flow(end, anywhere, protocol, number) for number, protocol in ports)
            yield from (Flow(anywhere, end, port.protocol, port.number) for port in pod.ports)


def allows(predictor: Predictor, flow: Flow) -> bool:
    """Is the flow predicted to get through, and not merely left undefined."""
    return predictor.rulings(flow).verdict is Ruling.ALLOWED
