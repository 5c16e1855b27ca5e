"""From interpretations to levels: where the fold over the tiers meets one flow."""

from __future__ import annotations

from prober.policy.deciding.interpretations import Leg, Side
from prober.policy.deciding.levels import MAYBE, MEMBERS, NO, YES, Level, agree
from prober.policy.deciding.matchers import Rule
from prober.policy.deciding.tiers import fold

_LEVEL_OF = {(1, 0): YES, (0, 1): NO, (1, 1): MAYBE}
"""Of a set of one: may it be allowed, may it be denied."""


def side_level(side: Side) -> Level:
    """The ruling of one direction: what every permitted interpretation says, or undefined."""
    legs = side.legs
    return (
        leg_level(side, legs[0]) if len(legs) == 1 else agree(leg_level(side, leg) for leg in legs)
    )


def leg_level(side: Side, leg: Leg) -> Level:
    """The ruling of one interpretation."""
    if leg.barred:
        return NO
    tiers = side.applied.tiers
    if leg.exempt or not tiers:
        return YES

    def matched(rule: Rule) -> tuple[int, int]:
        return MEMBERS[rule.match(leg)]

    return _LEVEL_OF[fold(tiers, matched, 1)]
