"""What a run says about the complaints: the cause, what fails because of it, what is over, and what
is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from prober.model.engine_word import EngineTestimony
from prober.model.errors import ExitCode
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Finding, Result, RunRecord
from prober.model.testimony import RecentChange, StatementKind, Testimony
from prober.symptom import Direction, Failure
from prober.why.complaints import Complaint
from prober.why.investigation import Investigation, key_of
from prober.why.order import Reported, by_complaints


class State(StrEnum):
    """What became of a complaint."""

    HOLDS = "holds"
    """It fails now, too."""
    OVER = "over"
    """It works now."""
    BEYOND = "beyond"
    """The connection works now; what failed is what was said on it (TLS, a server that closes)."""
    UNKNOWN = "unknown"
    """It could not be found out."""


@dataclass(frozen=True, slots=True)
class ComplaintResult:
    """One complaint and what was found about it."""

    complaint: Complaint
    state: State
    checks: tuple[CheckRecord, ...] = ()
    reason: str = ""
    """UNKNOWN: why, in words; OVER: what became of it, where it was not probed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What `prober why` tells."""

    findings: tuple[Finding, ...]
    """The causes of what holds: of what is reported most often and newest first. In the record the
    same come first, so that a cause has one number."""
    results: tuple[ComplaintResult, ...]
    left_out: tuple[Complaint, ...]
    testimony: Testimony
    record: RunRecord
    engines: EngineTestimony = field(default_factory=EngineTestimony)
    """What those say who drop packets, where they were asked."""

    @property
    def holds(self) -> tuple[ComplaintResult, ...]:
        """Those whose connection fails now."""
        return tuple(result for result in self.results if result.state is State.HOLDS)

    @property
    def exit_code(self) -> ExitCode:
        """A failure that holds outranks what is not known; nothing to complain about is good,
        unless nothing could be read."""
        if self.holds:
            return ExitCode.FAILED
        unknown = any(
            result.state is State.UNKNOWN and not _assumed(result.complaint)
            for result in self.results
        )
        # Nobody complained, but not everything could be read either: silence is then not health.
        if unknown or self.left_out or self.testimony.is_deaf:
            return ExitCode.UNKNOWN
        return ExitCode.OK


def conclude(
    investigation: Investigation,
    record: RunRecord,
    testimony: Testimony,
    engines: EngineTestimony | None = None,
) -> Answer:
    """The answer."""
    by_key = {key_of(check.check): check for check in record.checks}
    results = [
        _of_another_place(
            _judged(complaint, [by_key[key] for key in keys if key in by_key]), investigation
        )
        for complaint, keys in investigation.keys.items()
    ]
    results += [
        ComplaintResult(complaint, State.OVER, reason=reason)
        for complaint, reason in investigation.gone.items()
    ]
    results += [
        ComplaintResult(complaint, State.UNKNOWN, reason=reason)
        for complaint, reason in investigation.unchecked.items()
    ]
    first, others = by_complaints(record.findings, _reported(results))
    return Answer(
        first,
        tuple(results),
        tuple(investigation.left_out),
        testimony,
        # `prober fix 1` knows a cause by its place in the record: it is the answer's.
        replace(record, findings=(*first, *others)),
        engines or EngineTestimony(),
    )


def _of_another_place(result: ComplaintResult, investigation: Investigation) -> ComplaintResult:
    """What works from a node that stood for the API server need not work from there."""
    dialled = result.complaint.symptom.direction is Direction.WEBHOOK
    stood_for = dialled and investigation.api_server_is_elsewhere
    if not stood_for or result.state not in (State.OVER, State.BEYOND):
        return result
    reason = "the API server runs on no node of the cluster; from a node it works"
    return replace(result, state=State.UNKNOWN, reason=reason)


def _judged(complaint: Complaint, checks: Sequence[CheckRecord]) -> ComplaintResult:
    results = {check.result for check in checks}
    if Result.FAIL in results:
        return ComplaintResult(complaint, State.HOLDS, tuple(checks))
    unsure = [check for check in checks if check.result is Result.INCONCLUSIVE]
    if unsure or not checks:
        reason = unsure[0].observation.detail if unsure else "it was not probed"
        return ComplaintResult(complaint, State.UNKNOWN, tuple(checks), reason or _reason(unsure))
    # The connection is made now. If the complaint was about TLS, or about a server that closed,
    # the network may have been fine all along, and "it works again" would be a wrong answer.
    spoken = complaint.symptom.outcome in (Failure.TLS, Failure.CLOSED, Failure.RESET)
    return ComplaintResult(complaint, State.BEYOND if spoken else State.OVER, tuple(checks))


def _reason(unsure: Sequence[CheckRecord]) -> str:
    if any(check.observation.outcome is Outcome.ERROR for check in unsure):
        return "its probe could not run"
    return unsure[0].reasons[0] if unsure and unsure[0].reasons else "a control failed"


def _reported(results: Sequence[ComplaintResult]) -> list[Reported]:
    return [
        Reported(result.complaint, check.check.id, check.result is Result.FAIL)
        for result in results
        for check in result.checks
    ]


def _assumed(complaint: Complaint) -> bool:
    return complaint.statement.kind is StatementKind.CONFIGURED


def since(changes: Sequence[RecentChange], when: str) -> tuple[RecentChange, ...]:
    """The changes after a time, the newest first."""
    later = [change for change in changes if not when or change.when >= when]
    return tuple(sorted(later, key=lambda change: change.when, reverse=True))
