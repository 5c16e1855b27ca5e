"""What was seen rests on something that the lab does not have: it says nothing about the
cluster."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.model.listing import listed
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Confidence, Finding, Fix, Result

ID = "lab-cannot-tell"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[CheckRecord]] = {}
    for record in case.unmet:
        came_through = record.observation.outcome is Outcome.OK
        if came_through and record.result is Result.INCONCLUSIVE and record.doubts:
            groups.setdefault(record.doubts[-1].partition(", and this check")[0], []).append(record)
    for doubt, records in groups.items():
        yield Finding(
            id=ID,
            cause=f"{listed(record.check.name for record in records)} cannot be told here: {doubt}",
            confidence=Confidence.CERTAIN,
            evidence=tuple(
                f"{record.check.name}: {record.observation.outcome}" for record in records[:3]
            ),
            fix=Fix("run these checks in the cluster, where those addresses are"),
            checks=tuple(record.check.id for record in records),
        )


RULE = Rule(
    id=ID,
    concludes=(
        "A check came through in the lab by a rule about addresses that the lab does not have."
    ),
    advice="run the check in the cluster, where those addresses are",
    needs="a check that came through, and what the lab warns about",
    find=find,
)
