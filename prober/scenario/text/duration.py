"""Durations as people write them: a number and a unit."""

from __future__ import annotations

import re

from prober.model.errors import UsageError

DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)")
"""The scenario schema has the same pattern; a test holds them together."""

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
SHORTEST = 0.01
LONGEST = 300.0


def parse_duration(text: str) -> float:
    """Seconds in `1500ms`, `2s`, `0.5s` or `1m`.

    Raises `UsageError` when there is no number or no unit, or when it is shorter than 10 ms or
    longer than 5 minutes.
    """
    match = DURATION.fullmatch(text)
    if match is None:
        raise UsageError(f"`{text}` is not a duration", hint="as in 2s or 1500ms")
    seconds = float(match[1]) * UNITS[match[2]]
    if not SHORTEST <= seconds <= LONGEST:
        raise UsageError(f"`{text}` is not between 10ms and 5m", hint="as in 2s or 1500ms")
    return seconds
