"""It should be denied, and no policy selects either end."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.unwanted import trails, unwanted
from prober.model.listing import listed
from prober.model.run import Confidence, Finding

ID = "nothing-isolates"


def find(case: Case) -> Iterable[Finding]:
    bare = [
        record for record in unwanted(case) if not any(trail.policies for trail in trails(record))
    ]
    if bare:
        targets = listed(sorted({str(record.check.flow.destination) for record in bare}))
        yield Finding(
            id=ID,
            cause=(
                f"no NetworkPolicy selects {targets} or its callers, and what no policy selects "
                "is open"
            ),
            confidence=Confidence.CERTAIN,
            evidence=tuple(
                f"{record.check.name}: {record.observation.outcome}" for record in bare[:3]
            ),
            checks=tuple(record.check.id for record in bare),
        )


RULE = Rule(
    id=ID,
    concludes="A flow that should be denied meets no policy at all.",
    advice="write a policy that selects the pod; what no policy selects is open",
    needs="a flow that should be denied and gets through, and the prediction's trail",
    find=find,
)
