"""Tiers as data, and the one fold over them that decides.

Every policy language that clusters enforce comes down to the same thing: an ordered list of
*tiers*. A tier holds rules in the order in which they are looked at, and says what happens to a
flow that none of them decides:

- **NetworkPolicy v1**: all rules allow, a union, so their order means nothing. What is left of a
  pod that a policy selects is denied ("isolated").
- **ClusterNetworkPolicy, AdminNetworkPolicy**: by priority, then as written; allow, deny, pass.
  What is left goes to the next tier.
- **Cilium**: denials first (deny wins), then allowances: a set again. What is left is denied,
  unless enableDefaultDeny says otherwise.
- **a tier of Calico**: by order, then name; allow, deny, pass, log. What is left is denied, or
  passed on (`defaultAction: Pass`).

A tier without a policy that selects the pod in the direction is not there for that pod; after the
last tier a flow is allowed. So "union, isolated means denied, none means allowed" is the settings
of one tier, and stands in one place.

The fold works on *sets*, which are integers. The quick answer asks about one interpretation of one
flow: a set of one bit. The trail asks about all interpretations of the flow at once: a bit for
each. The matrix asks about one source and every destination: a bit for each pod. A rule says of a
set which members it surely matches and which it perhaps does (where an implementation, or something
that nobody said, decides). The fold carries the members that are still `open`:

- a member that a rule perhaps matches may be decided by that rule's action;
- a member that it surely matches goes no further;
- so at the end each member may have been allowed, may have been denied, or both: that is
  `undefined`.

Policies of equal priority share a group: the specification of AdminNetworkPolicy leaves open which
of them comes first, so each is folded over the same open members, and a member goes on only where
every one of them may let it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, Protocol, TypeVar

Members = int
"""A set, as bits: of interpretations, or of pods."""


class Action(IntEnum):
    """What a rule does with what it matches, and a tier with what it leaves undecided."""

    ALLOW = 0
    DENY = 1
    PASS = 2
    """Leave the tier: the next one decides."""
    LOG = 3
    """Write it down and go on. Decides nothing."""

    @property
    def word(self) -> str:
        """As in `deny`."""
        return self.name.lower()


_ALLOW, _DENY, _PASS = Action.ALLOW, Action.DENY, Action.PASS
"""Looked up once: the fold asks for them more often than for anything else."""


class Acting(Protocol):
    """What the fold needs of a rule."""

    @property
    def action(self) -> Action: ...


R = TypeVar("R", bound=Acting)


@dataclass(frozen=True, slots=True)
class Tier(Generic[R]):
    """One tier, as it stands before one pod in one direction: with the policies that select it, and
    no others."""

    name: str
    """What a person calls it: `NetworkPolicy`, `tier security`."""
    groups: tuple[tuple[tuple[R, ...], ...], ...]
    """In order. A group has the rules of each of its policies; policies of one group have no order
    among them."""
    end: Action
    """What becomes of a flow that no rule decides."""


Matcher = Callable[[R], tuple[Members, Members]]
"""Of a rule: which members it perhaps matches (with those that it surely does), and which
surely."""
Watcher = Callable[[R, Members, Members, Members], None]
"""Told of each rule that was looked at: the rule, the members that were open before it, perhaps,
surely."""


def fold(
    tiers: Sequence[Tier[R]], matched: Matcher[R], members: Members, watch: Watcher[R] | None = None
) -> tuple[Members, Members]:
    """What becomes of the members: those that may be allowed, and those that may be denied. Both:
    undefined."""
    # A worked example, with three interpretations of one flow as members, bits 0 to 2, and the
    # tiers Admin (end: pass) and NetworkPolicy (end: deny):
    #
    #   tier           rule       perhaps  surely   open    allowed  denied  passed  then open
    #   Admin          pass web     111      001     111       -       -      111       110
    #                  deny *       111      111     110       -      110      -        000
    #                  (goes on: what was passed, and what is still open)              111
    #   NetworkPolicy  allow 80     011      011     111      011      -       -        100
    #                  (end: deny)                   100       -      100      -        000
    #
    # In the end bit 0 may only be allowed, bit 1 may be allowed and denied (undefined), and bit 2
    # may only be denied. Nothing was ever asked about one member alone, so a million pods cost as
    # many operations as three interpretations, on longer integers.
    allowed = denied = 0
    still = members
    for tier in tiers:
        may_allow, may_deny, still = step(tier, matched, still, watch)
        allowed |= may_allow
        denied |= may_deny
        if not still:
            return allowed, denied
    return allowed | still, denied


def step(
    tier: Tier[R], matched: Matcher[R], members: Members, watch: Watcher[R] | None = None
) -> tuple[Members, Members, Members]:
    """What one tier makes of the members: those that may be allowed and denied by it, and those
    that may go on.

    With a `watch` every rule is looked at, also those that nothing reaches: what was overridden is
    part of a trail.
    """
    allowed = denied = passed = 0
    still = members
    for group in tier.groups:
        if len(group) == 1:
            may_allow, may_deny, may_pass, still = _policy(group[0], matched, still, watch)
        else:
            may_allow, may_deny, may_pass, still = _peers(group, matched, still, watch)
        allowed |= may_allow
        denied |= may_deny
        passed |= may_pass
        if not still and watch is None:
            break
    if tier.end is _DENY:
        return allowed, denied | still, passed
    if tier.end is _ALLOW:
        return allowed | still, denied, passed
    return allowed, denied, passed | still


def _policy(
    rules: Sequence[R], matched: Matcher[R], still: Members, watch: Watcher[R] | None
) -> tuple[Members, Members, Members, Members]:
    """The rules in their order: what may be allowed, denied, passed, and what is still open after
    them."""
    allowed = denied = passed = 0
    for rule in rules:
        perhaps, surely = matched(rule)
        if watch is not None:
            watch(rule, still, perhaps, surely)
        if not perhaps & still:
            continue
        action = rule.action
        if action is _ALLOW:
            allowed |= perhaps & still
        elif action is _DENY:
            denied |= perhaps & still
        elif action is _PASS:
            passed |= perhaps & still
        else:
            continue
        still &= ~surely
        if not still and watch is None:
            break
    return allowed, denied, passed, still


def _peers(
    group: Sequence[Sequence[R]], matched: Matcher[R], still: Members, watch: Watcher[R] | None
) -> tuple[Members, Members, Members, Members]:
    """Policies without an order among them: any may come first, and a member goes on only where all
    may let it."""
    allowed = denied = passed = 0
    # Each is folded over the same open members, as if it came first. What may be allowed or denied
    # is then the union, since any of them may be the first that decides; and a member goes on only
    # if none of them surely decides it.
    left = still
    for rules in group:
        may_allow, may_deny, may_pass, on = _policy(rules, matched, still, watch)
        allowed |= may_allow
        denied |= may_deny
        passed |= may_pass
        left &= on
    return allowed, denied, passed, left
