"""It should be denied, and a policy allows it."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.unwanted import trails, unwanted
from prober.model.objects import Ref
from prober.model.prediction import Match
from prober.model.run import CheckRecord, Confidence, Finding

ID = "policy-allows"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[tuple[Ref, str], list[CheckRecord]] = {}
    for record in unwanted(case):
        spoken = [
            (policy.policy, rule.reason)
            for trail in trails(record)
            for policy in trail.policies
            for rule in policy.rules
            if rule.match is Match.YES
        ]
        if spoken:
            groups.setdefault(spoken[0], []).append(record)
    for (policy, reason), records in groups.items():
        yield Finding(
            id=ID,
            cause=(
                f"NetworkPolicy {policy} {reason}, and {records[0].check.flow.source} is among them"
            ),
            confidence=Confidence.CERTAIN,
            evidence=tuple(
                f"{record.check.name}: {record.observation.outcome}" for record in records[:3]
            ),
            checks=tuple(record.check.id for record in records),
            objects=(policy,),
        )


RULE = Rule(
    id=ID,
    concludes="A flow that should be denied is allowed by a rule of a policy.",
    advice=(
        "take the rule out, or narrow what it allows; `prober explain` shows whom else it lets "
        "through"
    ),
    needs="a flow that should be denied and gets through, and the prediction's trail",
    find=find,
)
