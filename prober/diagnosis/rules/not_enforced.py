"""Flows that the policies deny get through: nobody enforces them, or one node's agent does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.case import Case, Rule
from prober.diagnosis.reasons import destination_node, source_node
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Verdict
from prober.model.snapshot import Snapshot

ID = "policy-not-enforced"


def find(case: Case) -> Iterable[Finding]:
    leaks = [record for record in case.records if record.verdict is Verdict.LEAK]
    if not leaks:
        return
    held = [r for r in case.records if r.prediction.verdict is Ruling.DENIED and r.verdict is Verdict.AS_PREDICTED]
    if not held:
        yield _nobody(leaks)
        return
    by_node: dict[str, list[CheckRecord]] = {}
    for record in leaks:
        node = "+".join(sorted(set(enforcers(record, case.snapshot)))) or "?"
        by_node.setdefault(node, []).append(record)
    for node, records in by_node.items():
        yield _one_node(node, records)


def enforcers(record: CheckRecord, snapshot: Snapshot) -> Iterator[str]:
    """The nodes whose agents should have stopped the flow."""
    if record.prediction.egress is Ruling.DENIED:
        yield source_node(record.check.vantage, snapshot)
    if record.prediction.ingress is Ruling.DENIED:
        yield destination_node(record, snapshot)


def _nobody(leaks: list[CheckRecord]) -> Finding:
    policies = sorted({str(ref) for record in leaks for ref in record.prediction.decisive})
    return Finding(
        id=ID,
        cause=f"nobody enforces NetworkPolicies here: all {len(leaks)} flows that they deny get through",
        confidence=Confidence.CERTAIN if len(leaks) > 1 else Confidence.LIKELY,
        evidence=(
            *(f"{record.check.name}: {record.observation.outcome}" for record in leaks[:3]),
            f"denied by {', '.join(policies[:3])}",
        ),
        checks=tuple(record.check.id for record in leaks),
    )


def _one_node(node: str, records: list[CheckRecord]) -> Finding:
    return Finding(
        id=ID,
        cause=f"the policy agent of {node} does not enforce: flows that it should stop get through, others are stopped",
        confidence=Confidence.LIKELY,
        evidence=tuple(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
        checks=tuple(record.check.id for record in records),
    )


RULE = Rule(
    id=ID,
    concludes="Flows that the policies deny get through, everywhere or where one node should stop them.",
    needs="leaks, and whether any denial held",
    find=find,
)
