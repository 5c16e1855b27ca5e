"""Flows that the policies deny get through, and no denial holds anywhere: nobody enforces them."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.engine import engine_sentence, may_be
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Verdict

ID = "policy-not-enforced"


def find(case: Case) -> Iterable[Finding]:
    # What the engine that runs lets through by its own reading says nothing about whether it
    # enforces policies.
    leaks = [
        record
        for record in case.troubled
        if record.verdict is Verdict.LEAK and not _by_its_reading(record)
    ]
    if not leaks or held(case.records):
        return
    policies = sorted({str(ref) for record in leaks for ref in record.prediction.decisive})
    yield Finding(
        id=ID,
        cause="nobody enforces NetworkPolicies here: "
        + (
            f"all {len(leaks)} flows that they deny get through"
            if len(leaks) > 1
            else "the flow that they deny gets through"
        ),
        confidence=Confidence.CERTAIN if len(leaks) > 1 else Confidence.LIKELY,
        evidence=(
            *(f"{record.check.name}: {record.observation.outcome}" for record in leaks[:3]),
            f"denied by {', '.join(policies[:3])}",
            *(
                [
                    "Flannel alone stores policies and enforces none; it takes a CNI or an agent "
                    "that does"
                ]
                if may_be("Flannel", case.snapshot)
                else [engine_sentence(case)]
            ),
        ),
        checks=tuple(record.check.id for record in leaks),
    )


def _by_its_reading(record: CheckRecord) -> bool:
    own = record.prediction.engine
    return own is not None and own.verdict is not Ruling.DENIED


def held(records: Iterable[CheckRecord]) -> list[CheckRecord]:
    """The denials that were observed."""
    return [
        record
        for record in records
        if record.prediction.verdict is Ruling.DENIED and record.verdict is Verdict.AS_PREDICTED
    ]


RULE = Rule(
    id=ID,
    concludes=(
        "No flow that the policies deny is stopped anywhere: nothing in this cluster enforces "
        "NetworkPolicies."
    ),
    advice=(
        "install a CNI that enforces policies, or an agent that does it beside the one that is "
        "there"
    ),
    needs="leaks, and whether any denial held",
    find=find,
)
