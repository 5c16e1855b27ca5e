"""Policies of one priority that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import DIRECTIONS, View
from prober.model.languages import Language
from prober.model.prediction import Direction
from prober.policy.deciding import TieredMatcher


def find(view: View) -> Iterator[Spot]:
    for plan in view.predictor.world.plans:
        tied = [
            placed.matcher
            for placed in plan.policies
            if isinstance(placed.matcher, TieredMatcher) and placed.matcher.unordered
        ]
        for first, second in combinations(tied, 2):
            if first.priority != second.priority or not first.subjects & second.subjects:
                continue
            if any(_differ(first, second, direction) for direction in DIRECTIONS):
                yield Spot(
                    second.policy.ref,
                    f"{second.policy.ref.kind} {second.policy.ref} and {first.policy.ref.kind} "
                    f"{first.policy.ref} have the same {first.place} and decide differently about "
                    "the same pods",
                    ("spec", "priority"),
                    "give each its own priority: which of them wins is not defined",
                )


def _differ(first: TieredMatcher, second: TieredMatcher, direction: Direction) -> bool:
    actions = [
        {rule.action for rule in matcher.rules(direction) or ()} for matcher in (first, second)
    ]
    return all(actions) and len(actions[0] | actions[1]) > 1


CHECK = Check(
    id="priority-tie",
    severity=Severity.WARNING,
    title="Policies of one priority decide differently",
    why="The API leaves open which of them is looked at first.",
    find=find,
    languages=(Language.ADMIN, Language.CLUSTER),
)
