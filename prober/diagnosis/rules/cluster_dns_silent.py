"""Names do not resolve although the policies allow the question: cluster DNS is down or cut off."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.case import Case, Rule
from prober.diagnosis.rules.dns import asked, sources, unanswered
from prober.model.outcome import Outcome
from prober.model.run import Confidence, Finding

ID = "cluster-dns-silent"


def find(case: Case) -> Iterable[Finding]:
    _, lost = unanswered(case)
    if not lost:
        return
    answers = any(r.observation.evidence.dns and r.observation.outcome is Outcome.OK for r in case.records)
    cause = f" {sources(lost)}, though it answers others" if answers else ": its servers are down or cut off"
    yield Finding(
        id=ID,
        cause=f"cluster DNS does not answer{cause}",
        confidence=Confidence.POSSIBLE if answers else Confidence.LIKELY,
        evidence=asked(lost),
        checks=tuple(record.check.id for record in lost),
    )


RULE = Rule(
    id=ID,
    concludes="Cluster DNS does not answer, and no policy forbids the question: its servers are down or cut off.",
    needs="names that got no answer, and the prediction for 53/UDP from the same pods",
    find=find,
)
