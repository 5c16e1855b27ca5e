"""Rules that an earlier rule of their tier leaves nothing to."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.tiers import covers, tiered_rules
from prober.audit.view import View
from prober.model.languages import Language


def find(view: View) -> Iterator[Spot]:
    rules = [one for one in tiered_rules(view) if one.in_order]
    for position, one in enumerate(rules):
        earlier = (
            other
            for other in rules[:position]
            if other.tier == one.tier
            and (other.ref == one.ref or other.matcher.priority < one.matcher.priority)
        )
        first = next((other for other in earlier if covers(other, one)), None)
        if first is not None:
            yield Spot(
                one.ref,
                f"{one} never decides anything: {first} comes before it and matches all of it",
                one.path,
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
