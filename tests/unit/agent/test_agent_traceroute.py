"""What is left of a TTL walk."""

from __future__ import annotations

import pytest

from agent.path.traceroute import trim
from prober.model.outcome import Hop


def steps(*kinds: str) -> list[Hop]:
    return [
        Hop(ttl, "" if kind == "silent" else "198.51.100.1", kind)
        for ttl, kind in enumerate(kinds, 1)
    ]


@pytest.mark.parametrize(
    ("kinds", "left"),
    [
        (("time-exceeded", "connected", "connected"), 2),
        (("time-exceeded", "rejected", "rejected"), 2),
        (("time-exceeded", "silent", "silent", "silent"), 2),
        (("silent", "silent"), 1),
        (("silent", "time-exceeded", "silent", "silent"), 3),
        (("time-exceeded", "silent", "refused", "refused"), 3),
        (("time-exceeded", "time-exceeded"), 2),
    ],
)
def test_the_walk_ends_where_somebody_answered_or_silence_begins(
    kinds: tuple[str, ...], left: int
) -> None:
    assert [hop.kind for hop in trim(steps(*kinds))] == list(kinds[:left])
