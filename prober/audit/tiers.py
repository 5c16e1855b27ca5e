"""The tiers of the world that a view looks at, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prober.audit.view import DIRECTIONS, View
from prober.model.objects import Ref
from prober.model.prediction import Direction
from prober.policy.deciding import (
    Action,
    Everyone,
    EveryPort,
    Pods,
    PodSet,
    TieredMatcher,
    TieredRule,
)


@dataclass(frozen=True, slots=True)
class RuleInTier:
    """One rule with its place."""

    tier: int
    tier_name: str
    policy: int
    """The policy's place in its tier."""
    matcher: TieredMatcher
    direction: Direction
    rule: TieredRule
    in_order: bool
    """Whether the rules of its tier have an order; in a set they have none."""

    @property
    def ref(self) -> Ref:
        return self.matcher.policy.ref

    @property
    def path(self) -> tuple[str | int, ...]:
        return ("spec", self.rule.section or self.direction, self.rule.index)

    @property
    def subjects(self) -> PodSet:
        return self.matcher.subjects

    def __str__(self) -> str:
        """As in `ingress[0] of AdminNetworkPolicy guard`."""
        section = self.rule.section or self.direction
        return f"{section}[{self.rule.index}] of {self.ref.kind} {self.ref}"


def tiered_rules(view: View) -> Iterator[RuleInTier]:
    """Every rule of every other language, in the order in which the tiers have them."""
    for number, plan in enumerate(view.predictor.world.plans):
        for placed in plan.policies:
            matcher = placed.matcher
            if not isinstance(matcher, TieredMatcher):
                continue
            for direction in DIRECTIONS:
                for rule in matcher.rules(direction) or ():
                    ordered = plan.arrange is None
                    yield RuleInTier(
                        number,
                        plan.name,
                        placed.position,
                        matcher,
                        direction,
                        rule,
                        in_order=ordered,
                    )


def covers(first: RuleInTier, second: RuleInTier) -> bool:
    """Whether all that the second rule can be about is matched by the first, surely."""
    if first.direction != second.direction or first.rule.subject is not None:
        return False
    if not second.subjects or second.subjects & ~first.subjects:
        return False
    if first.rule.action is Action.LOG:
        return False
    ports = isinstance(first.rule.ports, EveryPort) or first.rule.ports == second.rule.ports
    return ports and _covers_peers(first.rule, second.rule)


def _covers_peers(first: TieredRule, second: TieredRule) -> bool:
    if isinstance(first.peer, Everyone) or first.peer == second.peer:
        return True
    if isinstance(first.peer, Pods) and isinstance(second.peer, Pods):
        return bool(second.peer.pods) and not second.peer.pods & ~first.peer.pods
    return False
