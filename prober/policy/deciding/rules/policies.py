"""Policies made ready for matching: whom they select, and their rules for each direction.

`None` and an empty tuple of rules mean different things, and much hangs on the difference. None:
the policy is not about that direction, and leaves the pods that it selects alone there. Empty: it
is, and allows nothing, so it may isolate them (the default deny of a NetworkPolicy; `ingress: [{}]`
of Cilium's). Whether it does is `isolates`: a NetworkPolicy always, a Cilium policy unless
`enableDefaultDeny` says otherwise, an AdminNetworkPolicy never.

`Applied` is what is left before one pod in one direction: the tiers with only those policies that
select the pod. Pods that the same policies select share one, which is what makes the matrix of a
large cluster a few dozen folds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from prober.model.objects import NetworkPolicy, Ref
from prober.model.prediction import POLICY_TYPES, Direction
from prober.policy.deciding.rules.addresses import Address, samples
from prober.policy.deciding.rules.network_policy_rules import RuleMatcher
from prober.policy.deciding.rules.pod_sets import PodSet
from prober.policy.deciding.rules.rule import Rule
from prober.policy.deciding.rules.tiered_rules import TieredRule
from prober.policy.deciding.rules.tiers import Tier


class PolicyObject(Protocol):
    """A policy as it was written, in any language."""

    @property
    def ref(self) -> Ref: ...


@dataclass(frozen=True, slots=True)
class PolicyMatcher:
    """A NetworkPolicy, the pods it selects, and its rules for the directions it is about (None: not
    about that one)."""

    policy: NetworkPolicy
    subjects: PodSet
    ingress: tuple[RuleMatcher, ...] | None
    egress: tuple[RuleMatcher, ...] | None
    priority: float = 0
    """Where it stands in a tier that has policies of other kinds as well."""
    unordered: bool = False
    """Whether it has no order among the policies of the same priority there."""

    def rules(self, direction: Direction) -> tuple[RuleMatcher, ...] | None:
        return self.ingress if direction == "ingress" else self.egress

    def isolates(self, direction: Direction) -> bool:
        """Whether the pods that it selects are closed for what no rule allows."""
        return self.rules(direction) is not None

    def unnamed(self, direction: Direction) -> bool:
        """Whether it counts in a direction that its `policyTypes` leaves out."""
        return self.isolates(direction) and POLICY_TYPES[direction] not in self.policy.types


@dataclass(frozen=True, slots=True)
class TieredMatcher:
    """A policy of any other language."""

    policy: PolicyObject
    subjects: PodSet
    ingress: tuple[TieredRule, ...] | None
    egress: tuple[TieredRule, ...] | None
    priority: float = 0
    """Where it stands in its tier, lower first. For people: the tier has its policies in order."""
    place: str = ""
    """The same for a person, as in `priority 10`; empty where order means nothing."""
    unordered: bool = False
    """Whether policies of the same priority have no order among them."""
    closes_ingress: bool = False
    closes_egress: bool = False

    def rules(self, direction: Direction) -> tuple[TieredRule, ...] | None:
        return self.ingress if direction == "ingress" else self.egress

    def isolates(self, direction: Direction) -> bool:
        return self.closes_ingress if direction == "ingress" else self.closes_egress


AnyMatcher = PolicyMatcher | TieredMatcher


@dataclass(frozen=True)
class Applied:
    """The policies that select one pod in one direction, tier by tier. No tiers: the pod is
    open."""

    direction: Direction
    tiers: tuple[Tier[Rule], ...]
    policies: tuple[AnyMatcher, ...]
    """In the order of the tiers; policies of a union in the snapshot's."""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All rules of all tiers."""
        return tuple(
            rule
            for tier in self.tiers
            for group in tier.groups
            for rules in group
            for rule in rules
        )

    @cached_property
    def has_blocks(self) -> bool:
        """Whether an ipBlock of a NetworkPolicy is among the rules."""
        return any(isinstance(rule, RuleMatcher) and any(rule.blocks()) for rule in self.rules)

    @cached_property
    def unnamed(self) -> tuple[NetworkPolicy, ...]:
        """The NetworkPolicies that count though their `policyTypes` leave the direction out."""
        return tuple(
            matcher.policy
            for matcher in self.policies
            if isinstance(matcher, PolicyMatcher) and matcher.unnamed(self.direction)
        )

    @cached_property
    def samples(self) -> tuple[Address, ...]:
        """Addresses that stand for every address outside, as far as these policies can tell them
        apart."""
        return samples(block for rule in self.rules for block in rule.blocks())
