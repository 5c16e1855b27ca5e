"""What a change of the policies opens and closes: every pair of pods on every declared port, and
the world outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.prediction import Ruling
from prober.model.snapshot import Snapshot
from prober.policy.deciding.pod_sets import members
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

    @cached_property
    def matrix(self) -> Matrix:
        return reachability(self.snapshot)

    @cached_property
    def predictor(self) -> Predictor:
        return Predictor(self.snapshot)


def difference(before: Reference, after: Snapshot, ports: Iterable[PortKey] = ()) -> Difference:
    """The difference between two snapshots with the same pods. `ports` are those to compare towards
    hosts outside; from outside, all that pods declare are."""
    first, second = before.matrix, reachability(after)
    pairs = [*_between(second, first)], [*_between(first, second)]
    outside = list(_outside(before.snapshot, list(ports)))
    old, new = before.predictor, Predictor(after)
    opened = [flow for flow in outside if allows(new, flow) and not allows(old, flow)]
    closed = [flow for flow in outside if allows(old, flow) and not allows(new, flow)]
    return Difference((*opened, *pairs[0]), (*closed, *pairs[1]))


def _between(wider: Matrix, narrower: Matrix) -> Iterator[Flow]:
    """The flows between pods that `one` allows and `other` does not."""
    for number, protocol in wider.ports:
        for source, pod in enumerate(wider.pods):
            key = (number, protocol)
            for target in members(wider.allowed(key, source) & ~narrower.allowed(key, source)):
                to = wider.pods[target]
                yield Flow(
                    Endpoint(EndpointKind.POD, pod.namespace, pod.name),
                    Endpoint(EndpointKind.POD, to.namespace, to.name),
                    protocol,
                    number,
                )


def _outside(snapshot: Snapshot, ports: list[PortKey]) -> Iterator[Flow]:
    anywhere = Endpoint(EndpointKind.OUTSIDE, name=ANYWHERE)
    for _, pod in sorted(snapshot.pods.items()):
        if pod.running and not pod.host_network:
            end = Endpoint(EndpointKind.POD, pod.namespace, pod.name)
            yield from (Flow(end, anywhere, protocol, number) for number, protocol in ports)
            yield from (Flow(anywhere, end, port.protocol, port.number) for port in pod.ports)


def allows(predictor: Predictor, flow: Flow) -> bool:
    """Is the flow predicted to get through, and not merely left undefined."""
    return predictor.rulings(flow).verdict is Ruling.ALLOWED
