"""PURE. What is to be probed from one node, and how often: a member of the ConfigMap that the
operator writes, by the node's name.

    {"version": 1, "interval": 30, "rate": 20, "plan": {"vantage": "node/n1", "probes": […]},
     "about": {"PROBE": ["node", "n2"]}}

It may be anybody's who can write that ConfigMap, so it is bounded here, whatever it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from agent.wire import decode_plan
from prober.model.decoding import UNREADABLE
from prober.model.errors import UsageError
from prober.model.probe import Plan

VERSION = 1
MOST_PROBES = 500
MOST_BYTES = 512_000
SHORTEST, LONGEST = 5.0, 3600.0
"""Seconds between two rounds."""
FASTEST = 100.0
"""Probes that are begun in a second."""
LONGEST_TIMEOUT = 5.0
_LABEL = 120


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    plan: msgspec.Raw
    about: dict[str, tuple[str, str]]
    interval: float = 30.0
    rate: float = 20.0
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one agent is to do."""

    plan: Plan
    interval: float
    """Seconds from the beginning of a round to that of the next, but for jitter."""
    about: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of each probe, by its id, what it is about: a kind and a target, for metrics."""


def decode(text: bytes) -> Assignment:
    """The assignment in a text. Raises `UsageError`."""
    if len(text) > MOST_BYTES:
        raise UsageError(f"the assignment is larger than {MOST_BYTES >> 10} KiB")
    try:
        written = msgspec.json.decode(text, type=_Written)
    except UNREADABLE as error:
        raise UsageError(f"the assignment cannot be read: {error}") from error
    if written.version != VERSION:
        raise UsageError(
            f"the assignment has version {written.version}, this agent reads {VERSION}",
            hint="use the agent image of the same release as the operator",
        )
    plan = decode_plan(bytes(written.plan))
    if len(plan.probes) > MOST_PROBES:
        raise UsageError(f"the assignment has more than {MOST_PROBES} probes")
    bounded = tuple(
        replace(probe, timeout=min(probe.timeout, LONGEST_TIMEOUT), attempts=1, hops=False)
        for probe in plan.probes
    )
    return Assignment(
        replace(plan, probes=bounded, rate=min(max(written.rate, 1.0), FASTEST)),
        min(max(written.interval, SHORTEST), LONGEST),
        {key: (kind[:_LABEL], target[:_LABEL]) for key, (kind, target) in written.about.items()},
    )
