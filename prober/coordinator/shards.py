"""One run in several parts, each made by a machine of its own. Pure.

A part is chosen by the vantage: each vantage belongs to one shard, so that no probe pod is made
twice and no target hears more than it would from an undivided run. The choice depends on the
vantage's name alone, so shards need not see the same objects at the same moment to miss none. Who
starts the parts, tries one again and gives up is an Indexed Job's business
(docs/large-clusters.md); `prober report` makes one record of theirs (`merge`), in the order of the
undivided run, and says which are missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from prober.model.check import Check
from prober.model.errors import UsageError

NOTE = "shard"
"""In a record's notes: which part it is, as in `3/8`."""
ORDER_NOTE = "shardOrder"
"""In a record's notes: where its checks stand in the undivided run, as in `0-8,40-50`."""
MOST_SHARDS = 10_000
_FORM = re.compile(r"(\d{1,5})/(\d{1,5})")


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of a run. The first has the index 0, as in an Indexed Job."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """From `I/N`. Raises `UsageError`."""
        match = _FORM.fullmatch(text.strip())
        shard = cls(int(match[1]), int(match[2])) if match else None
        if shard is None or not shard.index < shard.count <= MOST_SHARDS:
            raise UsageError(
                f"{text!r} is no shard", hint="the first of eight is 0/8, the last is 7/8"
            )
        return shard

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def part(self, checks: Iterable[Check]) -> tuple[list[int], list[Check]]:
        """The checks of this part, and where they stand among all."""
        positions: list[int] = []
        mine: list[Check] = []
        for position, check in enumerate(checks):
            if crc32(check.vantage.id.encode()) % self.count == self.index:
                positions.append(position)
                mine.append(check)
        return positions, mine


def written(positions: Sequence[int]) -> str:
    """Ascending positions as ranges: `0-8,40-50`."""
    return ",".join(
        str(first) if first == last else f"{first}-{last}" for first, last in _ranges(positions)
    )


def read(text: str, count: int) -> list[int] | None:
    """The positions in `written`, if it says as many as there are; else None. The text may be
    anybody's."""
    positions: list[int] = []
    for part in text.split(",") if text else ():
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part)
        if not match:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 <= last - first < count:
            return None
        positions += range(first, last + 1)
        if len(positions) > count:
            return None
    return positions if len(positions) == count else None


def _ranges(positions: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for position in positions:
        if first is None or last is None:
            first = last = position
        elif position == last + 1:
            last = position
        else:
            yield first, last
            first = last = position
    if first is not None and last is not None:
        yield first, last
