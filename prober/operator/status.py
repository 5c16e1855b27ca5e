"""PURE. What came of a run, as the status of its Scenario.

Bounded in every direction: a scenario may have thousands of checks, and what is in a status is read
with every list of Scenarios. The whole record is in the history.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prober.model.bounds import plain
from prober.model.check import Expectation
from prober.model.errors import InputError, ProberError
from prober.model.run import CheckRecord, Finding, RunRecord
from prober.operator.conditions import Answer, Reason, conditions, of_exit_code
from prober.operator.due import Trigger
from prober.operator.objects import ScenarioObject, time_text
from prober.scenario.timing import Timing

MOST_FAILING = 20
MOST_FINDINGS = 10
_LONGEST = 300
"""Characters of a text."""
Body = dict[str, Any]
"""What is merged into an object's status: null takes a member away."""


@dataclass(frozen=True, slots=True)
class Start:
    """A run that was begun."""

    trigger: Trigger
    at: datetime.datetime
    generation: int
    requested: str
    """What was asked for by annotation when it was begun."""
    timing: Timing


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of some namespaces, as they were when a run was begun."""

    namespaces: tuple[str, ...]
    hash: str


def begun(item: ScenarioObject, start: Start) -> Body:
    """While a run is on its way whose answer replaces the last one: nobody knows."""
    answer = Answer(Reason.PROGRESSING, f"a run is on its way ({start.trigger.value})")
    return {"conditions": conditions(item, answer, start.generation, start.at)}


def ended(
    item: ScenarioObject,
    start: Start,
    record: RunRecord,
    policies: Policies,
    now: datetime.datetime,
) -> Body:
    """What a run found."""
    reason = of_exit_code(record.exit_code)
    failing = [check for check in record.checks if not check.as_expected]
    return {
        **_handled(start, reason, now, record.id),
        "counts": asdict(record.summary),
        "failing": _failing(item, failing, start.at),
        "findings": [_finding(finding) for finding in record.findings[:MOST_FINDINGS]],
        "policies": {"namespaces": list(policies.namespaces), "hash": policies.hash},
        "conditions": conditions(
            item, Answer(reason, _sentence(record, failing)), start.generation, now
        ),
    }


def broken(
    item: ScenarioObject, start: Start, reason: Reason, error: ProberError, now: datetime.datetime
) -> Body:
    """A run that could not be made, or a scenario that is none."""
    hint = f" ({error.hint})" if error.hint and not isinstance(error, InputError) else ""
    return {
        **_handled(start, reason, now, ""),
        "counts": None,
        "failing": None,
        "findings": None,
        "policies": None,
        "conditions": conditions(item, Answer(reason, f"{error}{hint}"), start.generation, now),
    }


def said(item: ScenarioObject, answer: Answer, now: datetime.datetime) -> Body:
    """Without a run: that what is there says nothing about now."""
    return {"conditions": conditions(item, answer, item.generation, now)}


def _handled(start: Start, reason: Reason, now: datetime.datetime, run: str) -> Body:
    last = {
        "id": run,
        "started": time_text(start.at),
        "finished": time_text(now),
        "trigger": start.trigger.value,
        "outcome": reason.value,
    }
    return {
        "observedGeneration": start.generation,
        "lastHandledReconcileAt": start.requested or None,
        "lastRun": last,
        "nextRun": None if start.timing.suspended else time_text(start.timing.next_after(start.at)),
    }


def _sentence(record: RunRecord, failing: Sequence[CheckRecord]) -> str:
    summary = record.summary
    checks = f"{summary.total} check{'' if summary.total == 1 else 's'}"
    if not failing and not record.failures:
        return f"{checks} passed"
    parts = [f"of {checks} {summary.passed} passed"]
    for count, what in ((summary.failed, "failed"), (summary.inconclusive, "are inconclusive")):
        if count:
            parts.append(f"{count} {what}")
    text = ", ".join(parts)
    if failing:
        first = failing[0]
        text += f": {first.check.name}: {_surprise(first)}"
    if record.findings:
        text += f"; {record.findings[0].cause}"
    elif record.failures:
        text += f"; {record.failures[0].message}"
    return text


def _surprise(record: CheckRecord) -> str:
    """What the network did, and what was expected of it."""
    expected = record.check.expected
    wanted = f"expected {expected.value}"
    if expected is Expectation.PREDICTED:
        wanted = record.verdict.value
    return f"{record.observation.outcome.value} ({wanted})"


def _failing(
    item: ScenarioObject, records: Sequence[CheckRecord], at: datetime.datetime
) -> list[dict[str, str]]:
    since = _since(item)
    shown = []
    for record in records[:MOST_FAILING]:
        name = plain(record.check.name, _LONGEST)
        shown.append(
            {
                "check": name,
                "result": record.result.value,
                "verdict": record.verdict.value,
                "outcome": record.observation.outcome.value,
                "since": since.get(name) or time_text(at),
            }
        )
    return shown


def _since(item: ScenarioObject) -> Mapping[str, str]:
    """Since when each check fails that the status has."""
    there = item.status.get("failing")
    return {
        str(entry.get("check")): str(entry.get("since") or "")
        for entry in (there if isinstance(there, list) else ())
        if isinstance(entry, dict)
    }


def _finding(finding: Finding) -> dict[str, str]:
    fix = {"fix": plain(finding.fix.summary, _LONGEST)} if finding.fix else {}
    return {
        "id": finding.id,
        "cause": plain(finding.cause, _LONGEST),
        "confidence": finding.confidence.value,
        **fix,
    }


def namespaces_of(item: ScenarioObject, record: RunRecord) -> tuple[str, ...]:
    """The namespaces that a run looked at: those of its sources and of its targets."""
    ends = (
        end
        for check in record.checks
        for end in (check.check.flow.source, check.check.flow.destination)
    )
    return tuple(sorted({item.namespace, *(end.namespace for end in ends)} - {""}))
