"""Which of Calico's policies comes first in its tier: by `order`, then by name.

What "by name" means differs by version. Until 3.30, equal orders are compared as `namespace/name`
with the names as they are stored: with the tier in front, and a NetworkPolicy as
`knp.default.NAME`. Since 3.31 they are compared as they are written, and the namespace only after
them. An example of order 5: GlobalNetworkPolicy `web` and NetworkPolicy.projectcalico.org
`shop/api`. Before, `default.web` comes before `shop/default.api`; since then, `api` comes before
`web`. Where the two disagree, the policies stand beside each other as those of one priority do in
ClusterNetworkPolicy: what all of their orders say is the answer, and a conflict is undefined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from prober.model.languages.kinds import PolicyObject
from prober.policy.deciding.rules.policies import AnyMatcher, TieredMatcher


@dataclass(frozen=True, slots=True)
class Ranked:
    """A policy at its place: by order, then by name; without an order last."""

    order: float
    key: str
    """What equal orders go by: the name as it is stored, which has the tier in front of it and, of
    what has one, the namespace before that."""
    newer: tuple[str, str]
    """The same from version 3.31 on: the name as it is written, then the namespace (source:
    felix/calc/policy_sorter.go)."""
    matcher: AnyMatcher


def settled(ranked: Sequence[Ranked]) -> list[AnyMatcher]:
    """The policies in their order. Where versions disagree about which of several with one order
    comes first, these have no order among them."""
    matchers: list[AnyMatcher] = []
    for order, members in groupby(ranked, key=lambda member: member.order):
        group = list(members)
        disputed = sorted(group, key=lambda member: member.newer) != group
        # NetworkPolicies only allow: in what order they stand among themselves means nothing.
        mixed = any(isinstance(member.matcher, TieredMatcher) for member in group)
        for member in group:
            if disputed and mixed:
                matchers.append(replace(member.matcher, priority=order, unordered=True))
            else:
                matchers.append(member.matcher)
    return matchers


def stored_name(policy: PolicyObject, tier: str) -> str:
    """What equal orders go by: the stored name, with its tier in front."""
    name = policy.name if policy.name.startswith(f"{tier}.") else f"{tier}.{policy.name}"
    return f"{policy.namespace}/{name}" if policy.namespace else name
