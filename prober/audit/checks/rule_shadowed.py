"""Rules that an earlier rule of their tier leaves nothing to."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.tiers import covers, tiered_rules
from prober.audit.view import View
from prober.model.languages import Language


def find(view: View) -> Iterator[Spot]:
    rules = [rule for rule in tiered_rules(view) if rule.in_order]
    for position, rule in enumerate(rules):
        earlier = (
            other
            for other in rules[:position]
            if other.tier == rule.tier
            and (other.ref == rule.ref or other.matcher.priority < rule.matcher.priority)
        )
        first = next((other for other in earlier if covers(other, rule)), None)
        if first is not None:
            yield Spot(
                rule.ref,
                f"{rule} never decides anything: {first} comes before it and matches all of it",
                rule.path,
                "remove it, or put it before the other",
            )


CHECK = Check(
    id="rule-shadowed",
    severity=Severity.WARNING,
    title="An earlier rule leaves nothing to a rule",
    why="Rules of a tier are looked at in their order, and the first that matches decides.",
    find=find,
    languages=(Language.ADMIN, Language.CLUSTER, Language.CALICO),
)
