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


def parse_age(text: str) -> float:
    """Seconds in `90s`, `10m`, `1h` or `7d`, for what lies further apart than the packets of a
    probe. Raises `UsageError` for anything else, and for nothing at all."""
    match = _AGE.fullmatch(text)
    seconds = int(match[1]) * _AGE_UNITS[match[2]] if match else 0
    if not seconds:
        raise UsageError(f"`{text}` is not an age", hint="as in 90s, 10m, 1h or 7d")
    return float(seconds)


_AGE = re.compile(r"([0-9]{1,6})([smhd])")
_AGE_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
