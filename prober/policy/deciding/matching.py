"""From interpretations to levels: where the fold over the tiers meets one flow."""

from __future__ import annotations

from prober.model.check import Request
from prober.policy.deciding.rules.interpretations import FlowDirection, Interpretation
from prober.policy.deciding.rules.levels import MAYBE, MEMBERS, NO, YES, Level, agree
from prober.policy.deciding.rules.rule import Rule
from prober.policy.deciding.rules.tiered_rules import TieredRule
from prober.policy.deciding.rules.tiers import fold

_LEVEL_OF = {(1, 0): YES, (0, 1): NO, (1, 1): MAYBE}
"""Of a set of one: may it be allowed, may it be denied."""


def direction_level(flow_direction: FlowDirection) -> Level:
    """The ruling of one direction: what every permitted interpretation says, or undefined."""
    interpretations = flow_direction.interpretations
    return (
        interpretation_level(flow_direction, interpretations[0])
        if len(interpretations) == 1
        else agree(
            interpretation_level(flow_direction, interpretation)
            for interpretation in interpretations
        )
    )


def requests_level(flow_direction: FlowDirection, request: Request) -> Level:
    """The ruling of one direction about a request over an allowed connection."""
    return agree(
        interpretation_level(flow_direction, interpretation, request)
        for interpretation in flow_direction.interpretations
    )


def interpretation_level(
    flow_direction: FlowDirection, interpretation: Interpretation, request: Request | None = None
) -> Level:
    """The ruling of one interpretation: of the connection, or of a request over it, where rules
    allow no more than the requests that they let through."""
    if interpretation.barred:
        return NO
    tiers = flow_direction.applied.tiers
    if interpretation.exempt or not tiers:
        return YES

    def matched(rule: Rule) -> tuple[int, int]:
        level = rule.match(interpretation)
        if request is not None and isinstance(rule, TieredRule) and rule.requests is not None:
            level = min(level, rule.requests.level(request, interpretation.target))
        return MEMBERS[level]

    return _LEVEL_OF[fold(tiers, matched, 1)]
