"""Names do not resolve because the policies forbid the question."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.case import Case, Rule
from prober.diagnosis.rules.dns import asked, sources, unanswered
from prober.model.run import Confidence, Finding

ID = "cluster-dns-denied"


def find(case: Case) -> Iterable[Finding]:
    denied, _ = unanswered(case)
    if denied:
        yield Finding(
            id=ID,
            cause=f"the policies keep {sources(denied)} from cluster DNS (53/UDP), so no name resolves there",
            confidence=Confidence.CERTAIN,
            evidence=asked(denied),
            checks=tuple(record.check.id for record in denied),
        )


RULE = Rule(
    id=ID,
    concludes="Policies keep pods from cluster DNS, so no name resolves there.",
    needs="names that got no answer, and the prediction for 53/UDP from the same pods",
    find=find,
)
