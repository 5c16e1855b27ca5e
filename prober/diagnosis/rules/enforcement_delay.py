"""A denied flow got through at first and no longer does: policies had not reached the node yet."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.followups import again
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Confidence, Finding, Verdict

ID = "enforcement-delay"
MOST_ASKED = 8
"""Leaks that are probed once more; when all of them are denied by now, so are the others."""


def find(case: Case) -> Iterable[Finding]:
    leaks = [record for record in case.troubled if record.verdict is Verdict.LEAK]
    asked = leaks[:MOST_ASKED]
    late = [record for record in asked if _is_denied_by_now(record, case)]
    if late:
        late = leaks if late == asked else late
        yield Finding(
            id=ID,
            cause=(
                f"policies came late: {len(late)} of the flows that they deny got through at "
                "first, and no longer do"
            ),
            confidence=Confidence.LIKELY,
            evidence=(
                *(
                    f"{record.check.name}: {record.observation.outcome}, and denied a moment later"
                    for record in late[:3]
                ),
                "right after a policy, a label or a pod has changed this is expected",
            ),
            checks=tuple(record.check.id for record in late),
        )


def _is_denied_by_now(record: CheckRecord, case: Case) -> bool:
    answer = again(record, case)
    return answer is not None and (answer.outcome.closed or answer.outcome is Outcome.SILENT)


RULE = Rule(
    id=ID,
    concludes="Policies were not enforced yet when the run began, and are by now.",
    advice=(
        "wait and check again; if it stays so, look at how long the CNI takes for new pods and "
        "policies"
    ),
    needs="flows that got through though the policies deny them",
    asks="the same probe from the same place, once more",
    find=find,
)
