"""The parts of a run record in words: marks, times, outcomes, surprises."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from prober.model.check import Endpoint, Expectation
from prober.model.outcome import Observation, Outcome
from prober.model.run import CheckRecord, Result, RunRecord, Verdict
from prober.report.page import Style


class Mark(StrEnum):
    """The first word of a check's line. It says without colour what the check adds to the exit
    code."""

    OK = "ok"
    FAIL = "FAIL"
    """The expectation was not met, or the flow is `blocked`."""
    LEAK = "LEAK"
    """The policies deny the flow, and it passed: also when the check expected `ok`."""
    UNSURE = "UNSURE"
    """Inconclusive, or the probe itself could not run."""

    @property
    def style(self) -> Style:
        if self is Mark.OK:
            return Style.GOOD
        return Style.UNSURE if self is Mark.UNSURE else Style.BAD


def mark_of(record: CheckRecord) -> Mark:
    """The mark of a check. Follows `RunRecord.exit_code`: whatever makes that non-zero is not `ok`
    here."""
    if record.verdict is Verdict.LEAK:
        return Mark.LEAK
    if record.result is Result.FAIL or record.verdict is Verdict.BLOCKED:
        return Mark.FAIL
    if record.result is Result.INCONCLUSIVE or record.observation.outcome is Outcome.ERROR:
        return Mark.UNSURE
    return Mark.OK


def milliseconds(value: float) -> str:
    """A time for people: `0.3 ms`, `9 ms`, `1.4 s`; empty for 0, which means that nothing was
    measured."""
    if value <= 0:
        return ""
    if value < 0.05:
        return "<0.1 ms"
    if value < 0.95:
        return f"{value:.1f} ms"
    return f"{value:.0f} ms" if value < 999.5 else f"{value / 1000:.1f} s"


def outcome_word(record: CheckRecord) -> str:
    """What happened, where the mark alone does not say it: `rejected`, `timeout, blocked`; empty
    for an ok that is ok.

    In a surprise an outcome of `ok` reads `open`: `LEAK … ok` would say two things at once.
    """
    outcome = record.observation.outcome
    if outcome is Outcome.OK:
        return "" if mark_of(record) is Mark.OK else "open"
    return f"{outcome.value}, blocked" if record.verdict is Verdict.BLOCKED else outcome.value


def flake(observation: Observation) -> str:
    """`flaky: timeout, ok` when the attempts did not agree, else empty."""
    if not observation.flaky:
        return ""
    return "flaky: " + ", ".join(attempt.outcome.value for attempt in observation.attempts)


def explain(record: CheckRecord) -> tuple[str, ...]:
    """The sentences under a surprise; never empty."""
    lines = []
    if record.result is not Result.PASS and record.check.expected not in (
        Expectation.OK,
        Expectation.PREDICTED,
    ):
        lines.append(
            f"expected {record.check.expected.value}, saw {record.observation.outcome.value}"
        )
    lines.extend(record.reasons or _plain_reasons(record))
    for control in record.target_controls:
        # A reason usually quotes the control that failed: do not say it twice.
        if not control.passed and not any(control.name in line for line in lines):
            seen = control.observation.outcome.value if control.observation else "it did not run"
            lines.append(f"control failed: {control.name}: {seen}")
    return tuple(lines)


def _plain_reasons(record: CheckRecord) -> tuple[str, ...]:
    """For a surprise that came without reasons: what the outcome means, and what the policies
    say."""
    observation, prediction = record.observation, record.prediction
    said = f"the policies say {prediction.verdict.value}"
    return (
        f"{observation.outcome.value}: {observation.detail or observation.outcome.meaning}",
        f"{said}: {prediction.reason}" if prediction.reason else said,
    )


def endpoint_text(endpoint: Endpoint) -> str:
    """What a person calls an endpoint: its label, else kind, namespace and name."""
    return endpoint.label or str(endpoint)


def counts_text(record: RunRecord) -> str:
    """`4 ok, 2 failed (1 leak), 0 inconclusive, 1 flaky`: the marks counted, so that it agrees with
    the exit code."""
    marks = Counter(mark_of(check) for check in record.checks)
    summary = record.summary
    kinds = [
        f"{count} {word}"
        for count, word in ((summary.leaks, "leak"), (summary.blocked, "blocked"))
        if count
    ]
    parts = [
        f"{marks[Mark.OK]} ok",
        f"{marks[Mark.FAIL] + marks[Mark.LEAK]} failed"
        + (f" ({', '.join(kinds)})" if kinds else ""),
        f"{marks[Mark.UNSURE]} inconclusive",
    ]
    return ", ".join([*parts, f"{summary.flaky} flaky"] if summary.flaky else parts)
