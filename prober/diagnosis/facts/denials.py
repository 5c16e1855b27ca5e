"""What the rules about policies share: the denials of a run, sorted by what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from prober.diagnosis.facts.case import Case
from prober.model.check import EndpointKind, Expectation
from prober.model.objects import Ref
from prober.model.outcome import Outcome
from prober.model.prediction import (
    BackendTrail,
    Direction,
    DirectionTrail,
    Match,
    PolicyTrail,
    RuleTrail,
    Ruling,
)
from prober.model.run import CheckRecord, Result, Verdict
from prober.policy import Reading

DENIALS = (Expectation.DENIED, Expectation.TIMEOUT, Expectation.REJECTED)
"""What a check asks for that wants to be kept out."""


@dataclass(frozen=True, slots=True)
class Denial:
    """One direction of one check that the policies deny."""

    record: CheckRecord
    backend: BackendTrail
    trail: DirectionTrail
    reading: Reading | None = None
    """Under which reading, and who the other end is there; None: it is not known."""

    @property
    def seen_as_node(self) -> bool:
        """Whether policies see a node's address at the other end: selectors never match it."""
        return self.reading is not None and self.reading.as_node

    @property
    def supposes(self) -> str:
        """What the observation shows about how this cluster reads the API; empty: nothing."""
        undefined = self.record.prediction.verdict is not Ruling.DENIED
        return self.reading.says if undefined and self.reading is not None else ""

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
    them, in every reading or in the one that was observed."""
    for record in case.troubled_in(direction):
        if record.verdict is Verdict.LEAK or record.check.expected in DENIALS:
            continue
        if record.prediction.verdict is Ruling.DENIED:
            yield from _in_every_reading(record, direction, case)
        elif record.prediction.verdict is Ruling.UNDEFINED and not_through(record):
            yield from _as_observed(record, direction, case)


def not_through(record: CheckRecord) -> bool:
    """Whether nothing of the probe got to the target and back, or not from every backend."""
    if record.observation.outcome is Outcome.OK:
        return record.result is not Result.PASS
    outcome = record.observation.outcome
    return outcome.closed or outcome in (Outcome.SILENT, Outcome.DNS_TIMEOUT, Outcome.DNS_REFUSED)


def _in_every_reading(record: CheckRecord, direction: Direction, case: Case) -> Iterator[Denial]:
    readings = _readings(record, direction, case)
    for backend in record.prediction.backends:
        trail = _trail(backend, direction)
        if trail.ruling is Ruling.DENIED:
            known = readings.get(backend.destination, ())
            denied = next((reading for reading in known if reading.ruling is Ruling.DENIED), None)
            yield Denial(record, backend, trail, denied)


def _as_observed(record: CheckRecord, direction: Direction, case: Case) -> Iterator[Denial]:
    """Policies deny it in some readings, and nothing came through: the cause is looked for in one
    of these. Where some backends are denied in all of them, it was one of those."""
    sure = [backend for backend in record.prediction.backends if backend.ruling is Ruling.DENIED]
    if sure:
        yield from (
            denial
            for denial in _in_every_reading(record, direction, case)
            if denial.backend in sure
        )
        return
    readings = _readings(record, direction, case)
    for backend in record.prediction.backends:
        known = readings.get(backend.destination, ())
        denied = next((reading for reading in known if reading.ruling is Ruling.DENIED), None)
        if denied is not None:
            yield Denial(record, _as_read(backend, denied), denied.trail, denied)


def _readings(
    record: CheckRecord, direction: Direction, case: Case
) -> dict[str, tuple[Reading, ...]]:
    """By backend, what the API permits in this direction."""
    every = case.predictor.readings(record.check.flow)
    return {backend.destination: backend.of(direction) for backend in every}


def _trail(backend: BackendTrail, direction: Direction) -> DirectionTrail:
    return backend.egress if direction == "egress" else backend.ingress


def _as_read(backend: BackendTrail, reading: Reading) -> BackendTrail:
    """The backend as one reading has it."""
    if reading.direction == "egress":
        return replace(backend, ruling=reading.ruling, egress=reading.trail)
    return replace(backend, ruling=reading.ruling, ingress=reading.trail)


def port_is_missing(rule: RuleTrail) -> bool:
    """It names the other end, but not the port."""
    return rule.peers is Match.YES and rule.ports is Match.NO


def peer_is_missing(rule: RuleTrail) -> bool:
    """It names the port, but not the other end."""
    return rule.peers is Match.NO and rule.ports is Match.YES
