"""Rules that a higher tier has decided before."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.tiers import covers, tiered_rules
from prober.audit.view import View
from prober.model.languages import Language
from prober.policy.deciding import Action


def find(view: View) -> Iterator[Spot]:
    rules = [rule for rule in tiered_rules(view) if rule.in_order]
    for rule in rules:
        above = (
            other
            for other in rules
            if other.tier < rule.tier and other.rule.action in (Action.ALLOW, Action.DENY)
        )
        first = next((other for other in above if covers(other, rule)), None)
        if first is not None:
            yield Spot(
                rule.ref,
                f"{rule} is overridden: {first} in {first.tier_name} decides all of it before",
                rule.path,
                "change the rule above to pass, if this one is to count",
            )


CHECK = Check(
    id="rule-overridden",
    severity=Severity.WARNING,
    title="A higher tier decides before a rule",
    why="What a tier allows or denies, no later tier sees. Whoever wrote the later rule may not "
    "know.",
    find=find,
    languages=(Language.ADMIN, Language.CLUSTER, Language.CALICO),
)
