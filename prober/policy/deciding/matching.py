"""From interpretations to levels: where the fold over the tiers meets one flow."""

from __future__ import annotations

from prober.policy.deciding.interpretations import FlowDirection, Interpretation
from prober.policy.deciding.levels import MAYBE, MEMBERS, NO, YES, Level, agree
from prober.policy.deciding.matchers import Rule
from prober.policy.deciding.tiers import fold

_LEVEL_OF = {(1, 0): YES, (0, 1): NO, (1, 1): MAYBE}
"""Of a set of one: may it be allowed, may it be denied."""


def direction_level(side: FlowDirection) -> Level:
    """The ruling of one direction: what every permitted interpretation says, or undefined."""
    interpretations = side.interpretations
    return (
        interpretation_level(side, interpretations[0])
        if len(interpretations) == 1
        else agree(interpretation_level(side, leg) for leg in interpretations)
    )


def interpretation_level(side: FlowDirection, leg: Interpretation) -> Level:
    """The ruling of one interpretation."""
    if leg.barred:
        return NO
    tiers = side.applied.tiers
    if leg.exempt or not tiers:
        return YES

    def matched(rule: Rule) -> tuple[int, int]:
        return MEMBERS[rule.match(leg)]

    return _LEVEL_OF[fold(tiers, matched, 1)]
