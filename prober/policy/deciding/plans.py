"""The tiers of a whole world, before they stand before one pod."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from prober.model.prediction import DIRECTIONS, Direction
from prober.policy.deciding.rules.network_policy_rules import OwnNodeRule, UnspokenRule
from prober.policy.deciding.rules.policies import AnyMatcher, TieredMatcher
from prober.policy.deciding.rules.rule import Rule
from prober.policy.deciding.rules.tiered_rules import TieredRule
from prober.policy.deciding.rules.tiers import Action, Tier

if TYPE_CHECKING:
    from prober.policy.deciding.world import World

NETWORK_POLICY = "NetworkPolicy"

Arrange = Callable[[Sequence[AnyMatcher], Direction], tuple[Rule, ...]]
"""How a set of policies without an order among them becomes one list of rules."""


@dataclass(frozen=True)
class Placed:
    """A policy at its place in a tier."""

    matcher: AnyMatcher
    position: int
    """In the tier."""
    world: World = field(repr=False)

    def speaks_of(self, index: int, direction: Direction) -> bool:
        """Whether it selects a pod in a direction."""
        return (
            bool(self.matcher.subjects >> index & 1) and self.matcher.rules(direction) is not None
        )

    def key(self, index: int, direction: Direction) -> object:
        """What tells it apart from others before this pod: its place, and which of its rules are
        about the pod."""
        # Most policies have no conditions about their own pod; for them the place says it all, and
        # all pods that the same policies select share one `Applied`. That sharing is what makes a
        # matrix of thousands of pods a few dozen folds.
        if direction not in self._narrowing:
            return self.position
        levels = [self._narrowed(rule, index).narrowed for rule in self._tiered(direction)]
        return self.position, tuple(levels)

    def before(self, index: int, direction: Direction) -> AnyMatcher:
        """The policy as it stands before a pod: rules whose conditions about the pod do not hold
        match nothing."""
        if direction not in self._narrowing or not isinstance(self.matcher, TieredMatcher):
            return self.matcher
        rules = tuple(self._narrowed(rule, index) for rule in self._tiered(direction))
        return (
            replace(self.matcher, ingress=rules)
            if direction == "ingress"
            else replace(self.matcher, egress=rules)
        )

    def _narrowed(self, rule: TieredRule, index: int) -> TieredRule:
        if rule.subject is None:
            return rule
        return replace(rule, narrowed=rule.subject.level(self.world.endpoint(index)))

    @cached_property
    def _narrowing(self) -> frozenset[Direction]:
        """The directions in which rules have conditions about the policy's own pod."""
        return frozenset(
            direction
            for direction in DIRECTIONS
            if any(rule.subject for rule in self._tiered(direction))
        )

    def _tiered(self, direction: Direction) -> tuple[TieredRule, ...]:
        return (
            self.matcher.rules(direction) or () if isinstance(self.matcher, TieredMatcher) else ()
        )


@dataclass(frozen=True)
class TierPlan:
    """One tier with all its policies."""

    name: str
    policies: tuple[Placed, ...]
    end: Action
    """What becomes of undecided flows of a pod that a policy isolates. For others the next tier
    decides."""
    arrange: Arrange | None = None
    """Of a tier whose policies are a set; None: they are in order."""

    def near(self, namespace: str) -> Sequence[Placed]:
        """The policies that can select pods of a namespace, in order."""
        return self._by_namespace.get(namespace, self._wide)

    def stand(self, matchers: Sequence[AnyMatcher], direction: Direction) -> Tier[Rule]:
        """The tier with only these of its policies."""
        # A tier ends in its own default only for pods that some policy of it isolates. For all
        # others it is as if it were not there: an AdminNetworkPolicy without a matching rule passes
        # on, and a NetworkPolicy that is about ingress leaves egress alone.
        end = self.end if any(matcher.isolates(direction) for matcher in matchers) else Action.PASS
        if self.arrange is not None:
            return Tier(self.name, ((self.arrange(matchers, direction),),), end)
        groups: defaultdict[object, list[tuple[Rule, ...]]] = defaultdict(list)
        for number, matcher in enumerate(matchers):
            shared = matcher.unordered and ("priority", matcher.priority)
            # The key is the priority where the specification gives equal priorities no order, else
            # the policy's own place, so that it is alone in its group.
            groups[shared or ("place", number)].append(matcher.rules(direction) or ())
        return Tier(self.name, tuple(map(tuple, groups.values())), end)

    @cached_property
    def _wide(self) -> list[Placed]:
        return [
            placement for placement in self.policies if not placement.matcher.policy.ref.namespace
        ]

    @cached_property
    def _by_namespace(self) -> dict[str, list[Placed]]:
        names = {placement.matcher.policy.ref.namespace for placement in self.policies} - {""}
        near: defaultdict[str, list[Placed]] = defaultdict(list)
        for placement in self.policies:
            namespace = placement.matcher.policy.ref.namespace
            for name in names if not namespace else (namespace,):
                near[name].append(placement)
        return dict(near)


def placed(world: World, matchers: Iterable[AnyMatcher]) -> tuple[Placed, ...]:
    """Policies in their order."""
    return tuple(Placed(matcher, position, world) for position, matcher in enumerate(matchers))


def only_network_policies(world: World) -> tuple[TierPlan, ...]:
    """The tiers of a world in which nobody wrote anything else."""
    return (network_policies(world, alone=True),)


def network_policies(world: World, *, alone: bool) -> TierPlan:
    """NetworkPolicy v1 as one tier: a union of allowances, and isolation where nothing allows.

    `alone`: there is no other tier, so that what is always allowed never comes before the policies
    at all.
    """
    # Written as rules, so that the fold needs to know nothing about nodes or ICMP. Alone, the
    # exemption of the own node is taken before the fold (`directions.local`): the pod is then
    # exempt from all that there is. With other tiers it is only exempt from this one.
    settings: tuple[Rule, ...] = () if world.engine.settles_icmp else (UnspokenRule(),)
    settings += () if alone else (OwnNodeRule(),)
    return TierPlan(NETWORK_POLICY, placed(world, world.policies), Action.DENY, union(settings))


def union(settings: tuple[Rule, ...] = ()) -> Arrange:
    """All rules one after the other, since each only allows; and the tier's `settings`, which are
    rules that allow."""

    def arrange(matchers: Sequence[AnyMatcher], direction: Direction) -> tuple[Rule, ...]:
        return (
            *(rule for matcher in matchers for rule in matcher.rules(direction) or ()),
            *settings,
        )

    return arrange
