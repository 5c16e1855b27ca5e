"""Rules that pass a flow on, where nothing below decides."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.tiers import tiered_rules
from prober.audit.view import View
from prober.model.languages import Language
from prober.policy.deciding import Action


def find(view: View) -> Iterator[Spot]:
    plans = view.predictor.world.plans
    for rule in tiered_rules(view):
        if rule.rule.action is not Action.PASS or not rule.subjects:
            continue
        below = 0
        for plan in plans[rule.tier + 1 :]:
            for placed in plan.policies:
                if placed.matcher.rules(rule.direction) is not None:
                    below |= placed.matcher.subjects
        if not rule.subjects & below:
            yield Spot(
                rule.ref,
                f"{rule} passes on, and no policy below selects any of its pods for "
                f"{rule.direction}: what it passes on is allowed",
                rule.path,
                "say allow, if that is meant, or write the policy below",
            )


CHECK = Check(
    id="pass-into-nothing",
    severity=Severity.NOTE,
    title="A rule passes on, and nothing below decides",
    why="After the last tier a flow is allowed. Pass reads as if somebody else looked at it.",
    find=find,
    languages=(Language.ADMIN, Language.CLUSTER, Language.CALICO),
)
