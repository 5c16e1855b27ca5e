"""PURE. The conditions of a Scenario, as kstatus reads them, by which Flux, Argo CD and
`kubectl wait` know whether it is well.

`Ready` is always there. `Reconciling` and `Stalled` are there only while they are true: the first
while nobody can know yet, the second when only a change of the object can help.

Source: https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from prober.model.bounds import plain
from prober.model.errors import ExitCode
from prober.operator.objects import ScenarioObject, time_text

READY, RECONCILING, STALLED = "Ready", "Reconciling", "Stalled"
LONGEST_MESSAGE = 1_000
"""Characters. The API takes 32,768; people read one line."""


class Reason(StrEnum):
    """Why a Scenario is ready, is not, or nobody knows."""

    PASSED = "ChecksPassed"
    FAILED = "ChecksFailed"
    INCONCLUSIVE = "Inconclusive"
    """It could not be found out."""
    RUN_FAILED = "RunFailed"
    """The run itself did not come to its end."""
    INVALID = "InvalidSpec"
    UNRESOLVED = "Unresolved"
    """It names what is not there: a workload without pods, a Service without that port."""
    PROGRESSING = "Progressing"
    """A run is on its way whose answer replaces the last one."""
    STALE = "Stale"
    """The last run is too old."""
    SUSPENDED = "Suspended"
    STOPPED = "OperatorStopped"
    """Nobody runs it any more."""


_TRUTH: Mapping[Reason, str] = {
    Reason.PASSED: "True",
    Reason.FAILED: "False",
    Reason.INVALID: "False",
    Reason.UNRESOLVED: "False",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be said of a Scenario."""

    reason: Reason
    message: str

    @property
    def truth(self) -> str:
        """Of `Ready`: only a run that passed makes it True, and what is not known is Unknown."""
        return _TRUTH.get(self.reason, "Unknown")


def of_exit_code(code: ExitCode) -> Reason:
    """What a run's exit code makes of its Scenario."""
    return {ExitCode.OK: Reason.PASSED, ExitCode.FAILED: Reason.FAILED}.get(
        code, Reason.INCONCLUSIVE
    )


def ready_of(item: ScenarioObject) -> Mapping[str, Any]:
    """The condition `Ready` as it stands; empty when there is none."""
    conditions = item.status.get("conditions")
    for condition in conditions if isinstance(conditions, list) else ():
        if isinstance(condition, dict) and condition.get("type") == READY:
            return condition
    return {}


def conditions(
    item: ScenarioObject, answer: Answer, generation: int, now: datetime.datetime
) -> list[dict[str, Any]]:
    """All conditions that hold, given those that the object has."""
    types = {READY: answer.truth}
    if answer.reason is Reason.PROGRESSING:
        types[RECONCILING] = "True"
    if answer.reason is Reason.INVALID:
        types[STALLED] = "True"
    return [
        _condition(item, kind, status, answer, generation, now) for kind, status in types.items()
    ]


def _condition(
    item: ScenarioObject,
    kind: str,
    status: str,
    answer: Answer,
    generation: int,
    now: datetime.datetime,
) -> dict[str, Any]:
    return {
        "type": kind,
        "status": status,
        "reason": answer.reason.value,
        "message": plain(answer.message.replace("\n", "; "), LONGEST_MESSAGE),
        "observedGeneration": generation,
        "lastTransitionTime": _since(item, kind, status) or time_text(now),
    }


def _since(item: ScenarioObject, kind: str, status: str) -> str:
    """Since when the condition has this status; empty when it is new."""
    there = item.status.get("conditions")
    for condition in there if isinstance(there, list) else ():
        if isinstance(condition, dict) and condition.get("type") == kind:
            same = condition.get("status") == status
            return str(condition.get("lastTransitionTime") or "") if same else ""
    return ""
