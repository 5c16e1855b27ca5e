"""How quickly the probes of a run may start, divided among the vantages. Pure.

The limits are of a whole run: a target does not care from how many vantages it is called. Each
vantage gets its share, and keeps to it by itself (`agent.pacing`): nobody has to be asked before a
probe. Where there are few vantages, their own limits are lower, and hold.
"""

from __future__ import annotations

from dataclasses import replace

from prober.model.limits import STANDARD, Limits
from prober.model.probe import Plan


def shared_out(plans: tuple[Plan, ...], limits: Limits = STANDARD) -> tuple[Plan, ...]:
    """The plans, each with its share where that is less than what an agent keeps to anyway
    (`STANDARD`, as in `agent.pacing`)."""
    vantages = max(len(plans), 1)
    each = min(limits.rate / vantages, limits.source_rate)
    target = min(limits.target_rate / vantages, limits.source_target_rate)
    rate = each if each < STANDARD.source_rate else 0
    target_rate = target if target < STANDARD.source_target_rate else 0
    return tuple(
        plan
        if (plan.rate, plan.target_rate) == (rate, target_rate)
        else replace(plan, rate=rate, target_rate=target_rate)
        for plan in plans
    )
