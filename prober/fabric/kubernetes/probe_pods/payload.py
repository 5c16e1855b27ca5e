"""Plans into pieces that fit: into a ConfigMap, and their observations into a log that is not
rotated. Pure."""

from __future__ import annotations

import gzip
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.wire import encode_plan
from prober.model.probe import Plan

MAP_LIMIT = 700_000
"""Bytes of compressed plans in one ConfigMap. etcd takes 1 MiB, and base64 makes four bytes of
three."""
PROBES_A_POD = 8_000
"""A container's log is rotated at 10 MiB, and an observation with its evidence takes up to about 1
KiB."""
_PROBES_AT_ONCE = 500
"""Of so many the timeouts surely overlap in one pod, whatever its limit of open files."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one vantage's plan, run by one pod."""

    plan: Plan
    data: bytes
    """The plan's line, gzipped."""

    @property
    def seconds(self) -> float:
        """The longest that running it can take, when nothing answers."""
        return longest(self.plan)


def longest(plan: Plan) -> float:
    """Seconds that running a plan can take, when nothing answers."""
    rounds = math.ceil(len(plan.probes) / _PROBES_AT_ONCE)
    return rounds * max(
        (probe.timeout * probe.attempts + 10 * probe.hops for probe in plan.probes), default=0.0
    )


def pieces(plan: Plan, *, limit: int = MAP_LIMIT, probes: int = PROBES_A_POD) -> list[Piece]:
    """The plan in as few pieces as fit. A single probe always fits: its strings are names, not
    documents."""
    data = gzip.compress(encode_plan(plan), mtime=0)
    count = len(plan.probes)
    if count <= 1 or (len(data) <= limit and count <= probes):
        return [Piece(plan, data)]
    half = count // 2
    parts = (plan.probes[:half], plan.probes[half:])
    return [
        piece
        for part in parts
        for piece in pieces(replace(plan, probes=part), limit=limit, probes=probes)
    ]


def packed(sizes: Sequence[int], *, limit: int = MAP_LIMIT) -> list[int]:
    """Which ConfigMap each piece of the given size goes into: the first with room, in order."""
    used: list[int] = []
    places = []
    for size in sizes:
        place = next(
            (number for number, full in enumerate(used) if full + size <= limit), len(used)
        )
        if place == len(used):
            used.append(0)
        used[place] += size
        places.append(place)
    return places
