"""What the rules about policies share: the denials of a run, sorted by what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prober.diagnosis.facts.case import Case
from prober.model.check import EndpointKind
from prober.model.objects import Ref
from prober.model.prediction import (
    BackendTrail,
    Direction,
    DirectionTrail,
    Match,
    PolicyTrail,
    RuleTrail,
    Ruling,
)
from prober.model.run import CheckRecord, Verdict


@dataclass(frozen=True, slots=True)
class Denial:
    """One direction of one check that the policies deny."""

    record: CheckRecord
    backend: BackendTrail
    trail: DirectionTrail

    @property
    def direction(self) -> Direction:
        return self.trail.direction

    @property
    def port_missing(self) -> PolicyTrail | None:
        """The policy that names the peer but not the port, if there is one."""
        return next((policy for policy, _ in self.near(port_is_missing)), None)

    @property
    def peer_missing(self) -> PolicyTrail | None:
        """The policy that names the port but not the peer, if there is one."""
        return next((policy for policy, _ in self.near(peer_is_missing)), None)

    @property
    def service_port(self) -> int | None:
        """The Service's port, where the flow goes to a Service that translates it to another
        one."""
        asked = self.record.check.flow.port
        return asked if isinstance(asked, int) and self.backend.port not in (None, asked) else None

    @property
    def first_to_stop(self) -> bool:
        """Whether what the wire said is about this direction: egress stops a packet before ingress
        ever sees it."""
        return self.direction == "egress" or self.backend.egress.ruling is not Ruling.DENIED

    @property
    def needed(self) -> str:
        """The port as a policy must name it, such as `9090/TCP`."""
        protocol = self.record.check.flow.protocol
        return protocol if self.backend.port is None else f"{self.backend.port}/{protocol}"

    @property
    def other(self) -> Ref | None:
        """The pod at the other end; None where that is a node or outside."""
        source = self.record.check.flow.source
        if self.direction == "egress":
            return self.backend.pod
        return source.ref if source.kind is EndpointKind.POD else None

    def near(self, wanted: Callable[[RuleTrail], bool]) -> Iterator[tuple[PolicyTrail, RuleTrail]]:
        """The rules that come near, each with its policy."""
        for policy in self.trail.policies:
            yield from ((policy, rule) for rule in policy.rules if wanted(rule))


def denials(case: Case, direction: Direction) -> Iterator[Denial]:
    """The denials of the checks that are in trouble: those that fail because the policies deny
    them."""
    for record in case.troubled_in(direction):
        if record.verdict is Verdict.LEAK or record.prediction.verdict is not Ruling.DENIED:
            continue
        for backend in record.prediction.backends:
            trail = backend.egress if direction == "egress" else backend.ingress
            if trail.ruling is Ruling.DENIED:
                yield Denial(record, backend, trail)
                break


def port_is_missing(rule: RuleTrail) -> bool:
    """It names the other end, but not the port."""
    return rule.peers is Match.YES and rule.ports is Match.NO


def peer_is_missing(rule: RuleTrail) -> bool:
    """It names the port, but not the other end."""
    return rule.peers is Match.NO and rule.ports is Match.YES


def listed(items: Iterable[str], most: int = 3) -> str:
    """As a sentence wants them: `a`, `a and b`, `a, b and c`, `a, b and 5 others`."""
    names = list(dict.fromkeys(items))
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} others"]
    return (
        " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""
    )
