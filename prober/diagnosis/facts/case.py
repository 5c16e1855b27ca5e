"""What a rule sees, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from prober.diagnosis.facts.questions import Inquiry
from prober.model.check import Expectation, Vantage, VantageKind
from prober.model.outcome import Observation
from prober.model.prediction import Direction, Ruling
from prober.model.probe import Probe
from prober.model.run import CheckRecord, Finding, Fix, Result, Verdict
from prober.model.snapshot import Snapshot
from prober.policy import Predictor

DIRECTIONS: tuple[Direction, ...] = ("egress", "ingress")
Aspect = Literal["flow", "egress", "ingress", "supplementary"]
"""What of a check a rule explains: all of it, one direction, or something beside what the policies
deny, which leaves that to be explained."""


@dataclass(frozen=True, slots=True)
class Case:
    """One run, as far as it still needs an explanation."""

    records: tuple[CheckRecord, ...]
    """Every check of the run: what works is evidence too."""
    explained: Mapping[str, Collection[Aspect]]
    """By check id: what of it earlier rules have explained."""
    snapshot: Snapshot
    predictor: Predictor
    inquiry: Inquiry = field(default_factory=Inquiry)

    @property
    def troubled(self) -> tuple[CheckRecord, ...]:
        """The checks that went wrong and have no cause yet."""
        return tuple(
            record
            for record in self.records
            if record.check.id not in self.explained and is_trouble(record)
        )

    @property
    def denied(self) -> tuple[CheckRecord, ...]:
        """The checks that the policies deny against what is wanted, whatever explains that: the
        place to look for what is wrong beside the policies."""
        return tuple(
            record
            for record in self.records
            if "flow" not in self.explained.get(record.check.id, ())
            and is_trouble(record)
            and record.prediction.verdict is Ruling.DENIED
            and record.check.expected in (Expectation.OK, Expectation.PREDICTED)
            and record.observation.outcome.closed
        )

    @property
    def unmet(self) -> tuple[CheckRecord, ...]:
        """The checks that did not get what they want, or of which nobody knows whether they did,
        and which have no cause yet."""
        return tuple(
            record
            for record in self.records
            if record.check.id not in self.explained and not is_met(record)
        )

    @property
    def untested(self) -> tuple[CheckRecord, ...]:
        """The checks that could not be tested, because an end of them has no network now, and have
        no cause yet."""
        return tuple(
            record
            for record in self.records
            if record.check.id not in self.explained and record.check.skip_reason
        )

    def troubled_in(self, aspect: Aspect) -> tuple[CheckRecord, ...]:
        """The checks that went wrong and whose `aspect` has no cause yet.

        A flow needs both directions, so what explains one of them leaves the other to be explained:
        mending only the first would not make the check green.
        """
        return tuple(
            record
            for record in self.records
            if is_trouble(record)
            and not {"flow", aspect} & set(self.explained.get(record.check.id, ()))
        )

    def ask(self, vantage: Vantage, probe: Probe) -> Observation | None:
        """What a probe from there shows: None where it is not known yet, or cannot be found out.

        A rule concludes from an answer, never from None: the first time it is asked, nobody has
        looked.
        """
        return self.inquiry.ask(vantage, probe)

    def ask_node(self, name: str, probe: Probe) -> Observation | None:
        """The same from a node."""
        return self.ask(Vantage(VantageKind.NODE, "", name), probe)


def is_trouble(record: CheckRecord) -> bool:
    """Whether a check asks for a cause: it failed, or the network did not do what the policies
    say."""
    if record.result is Result.FAIL or record.verdict in (Verdict.LEAK, Verdict.BLOCKED):
        return True
    if is_predicted_only(record):
        return _is_against_wishes(record)
    # What the API leaves open and is closed: it is as it may be, and nobody knows yet why.
    undefined = record.prediction.verdict is Ruling.UNDEFINED and bool(record.prediction.backends)
    wants_passage = record.check.expected in (Expectation.OK, Expectation.PREDICTED)
    return undefined and wants_passage and record.observation.outcome.closed


def is_predicted_only(record: CheckRecord) -> bool:
    """Whether nobody can probe the protocol: the policies are all that there is to go by."""
    return bool(record.check.skip_reason) and record.check.flow.protocol == "SCTP"


def _is_against_wishes(record: CheckRecord) -> bool:
    """Whether the policies promise the opposite of what is wanted."""
    wanted, verdict = record.check.expected, record.prediction.verdict
    if wanted in (Expectation.OK, Expectation.PREDICTED):
        return wanted is Expectation.OK and verdict is Ruling.DENIED
    return verdict is Ruling.ALLOWED


def is_met(record: CheckRecord) -> bool:
    """Whether a check needs no word: it passed, and the network does what the policies say."""
    surprising = record.verdict in (Verdict.LEAK, Verdict.BLOCKED)
    return record.result is Result.PASS and not surprising


def is_governed(record: CheckRecord) -> bool:
    """Whether any policy has a say about the flow: nothing else is enforced."""
    return any(
        trail.policies
        for backend in record.prediction.backends
        for trail in (backend.egress, backend.ingress)
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """One cause that can be recognised."""

    id: str
    """Stable: scripts and tickets refer to it."""
    concludes: str
    """The cause, in one sentence."""
    advice: str
    """What mends it: the advice where no change of an object can be offered."""
    needs: str
    """What it looks at to decide."""
    find: Callable[[Case], Iterable[Finding]] | None = None
    """For a cause that explains whole checks, or the one direction that `explains` says."""
    find_in: Callable[[Case, Direction], Iterable[Finding]] | None = None
    """Instead of `find`, for a cause that is sought in each direction and explains that one."""
    find_supplementary: Callable[[Case], Iterable[Finding]] | None = None
    """For a cause in another layer than the policies, which deny the flow as well."""
    direction: Direction | None = None
    """The one direction that `find_in` is asked about; None: both."""
    explains: Aspect = "flow"
    asks: str = ""
    """Which further observations it asks for; empty: none."""

    def look(self, case: Case) -> Iterator[tuple[Aspect, Finding]]:
        """Every finding, with what it explains of its checks; none without a word on what to do."""
        if self.find is not None:
            yield from ((self.explains, self._advised(finding)) for finding in self.find(case))
        if self.find_supplementary is not None:
            yield from (
                ("supplementary", self._advised(finding))
                for finding in self.find_supplementary(case)
            )
        if self.find_in is not None:
            for direction in (self.direction,) if self.direction else DIRECTIONS:
                yield from (
                    (direction, self._advised(finding)) for finding in self.find_in(case, direction)
                )

    def _advised(self, finding: Finding) -> Finding:
        return finding if finding.fix else replace(finding, fix=Fix(self.advice))
