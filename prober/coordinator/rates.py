"""How quickly the probes of a run may start, divided among the vantages. Pure.

The limits are of a whole run: a target does not care from how many vantages it is called. Each
vantage gets its share, and keeps to it by itself (`agent.pacing`): nobody has to be asked before a
probe. Where there are few vantages, their own limits are lower, and hold.
"""

from __future__ import annotations

from dataclasses import replace

from prober.model.probe import Plan

TOGETHER = 50_000.0
"""Probes a second of all vantages."""
TARGET_TOGETHER = 4_000.0
"""The same to one target: less than a tenth of what one processor of a usual server accepts."""
OF_VANTAGE = 50_000.0
TARGET_OF_VANTAGE = 1_000.0
"""What a vantage keeps to by itself, as in `agent.pacing`."""


def shared_out(plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """The plans, each with its share where that is less than what an agent keeps to anyway."""
    each, target = (whole / max(len(plans), 1) for whole in (TOGETHER, TARGET_TOGETHER))
    rate = each if each < OF_VANTAGE else 0
    target_rate = target if target < TARGET_OF_VANTAGE else 0
    if not rate and not target_rate:
        return plans
    return tuple(replace(plan, rate=rate, target_rate=target_rate) for plan in plans)
