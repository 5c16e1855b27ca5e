"""Ingress of one port: columns by destination, turned into rows by source.

Ingress is folded once for each group of destinations that are alike: a *column*, with a bit for
each source. A row, which is by source, has a bit for each destination. For a few sources the
columns are asked one by one. For all of them the whole table of bits is transposed, which costs a
fraction of asking kinds × columns times: the columns are written out as digits, one after the
other, and every n-th digit is a row. A row is kept by column, a bit for each, and spread over the
pods when it is needed: so memory goes with kinds × columns, and not with pods squared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from prober.policy.deciding.rules.pod_sets import PodSet, members, union
from prober.policy.matrix.possibilities import NOTHING, May, Seen

_CHUNK = 512
"""Columns that are written out at once: the digits are a byte each."""


@dataclass(frozen=True, slots=True)
class Column:
    """Destinations of one port that the same policies select and that call the port the same."""

    pods: PodSet
    seen: Seen
    """Of each source: may it get in."""


class Columns:
    """All columns of one port."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self.columns = tuple(columns)
        self._spread: dict[int, PodSet] = {}

    def arriving(self, source: int, *, as_node: bool) -> Seen:
        """The row of one source, asked of every column. Only one on the host network is ever seen
        `as_node`."""
        pods = self._row(source, lambda seen: seen.as_pod)
        if not as_node:
            return Seen(pods, NOTHING, NOTHING)
        near = self._row(source, lambda seen: seen.near)
        return Seen(pods, near, self._row(source, lambda seen: seen.far))

    def rows(self, sources: Sequence[int]) -> list[tuple[int, int]]:
        """The rows of many sources, none on the host network: the columns in which each may be
        allowed, and in which it may be denied."""
        allowed, denied = (
            transposed([getattr(column.seen.as_pod, way) for column in self.columns], sources)
            for way in May._fields
        )
        return list(zip(allowed, denied, strict=True))

    def spread(self, row: tuple[int, int]) -> May:
        """The destinations of a row by column."""
        return May(*map(self._destinations, row))

    def _destinations(self, columns: int) -> PodSet:
        pods = self._spread.get(columns)
        if pods is None:
            # Most rows of a cluster without isolation have all columns, or all but a few; then it
            # is the few that are put together.
            rest = self._whole & ~columns
            if columns.bit_count() <= rest.bit_count():
                pods = union(self.columns[at].pods for at in members(columns))
            else:  # all but a few
                pods = self._all & ~union(self.columns[at].pods for at in members(rest))
            self._spread[columns] = pods
        return pods

    def _row(self, source: int, way: Callable[[Seen], May]) -> May:
        allowed = denied = 0
        for column in self.columns:
            may = way(column.seen)
            if may.allowed >> source & 1:
                allowed |= column.pods
            if may.denied >> source & 1:
                denied |= column.pods
        return May(allowed, denied)

    @cached_property
    def _whole(self) -> int:
        return (1 << len(self.columns)) - 1

    @cached_property
    def _all(self) -> PodSet:
        return union(column.pods for column in self.columns)


def transposed(columns: Sequence[int], rows: Sequence[int]) -> list[int]:
    """Of sets as bits: for each of `rows` the set of the columns that have it."""
    if not rows:
        return []
    longest = max(rows) + 1
    chosen = itemgetter(*rows) if len(rows) > 1 else lambda digits: digits[rows[0]]
    turned = [0] * len(rows)
    for start in range(0, len(columns), _CHUNK):
        some = columns[start : start + _CHUNK]
        # Bit 0 comes first in each column, and the last column first: its bit is the highest. A
        # worked example: three columns over three sources, of which the rows of 0 and 2 are wanted.
        #
        #   column 0 = 0b101   →  "101"   sources 0 and 2 get in
        #   column 1 = 0b001   →  "100"   source 0
        #   column 2 = 0b100   →  "001"   source 2
        #
        # Written last column first, and only the digits 0 and 2 of each: "01" "10" "11". Every
        # second digit from the first on is "011", the row of source 0 (columns 0 and 1); from the
        # second on it is "101", the row of source 2 (columns 0 and 2). To shift and mask each bit
        # instead would be kinds × columns operations of Python; here they are a few on text, which
        # run in C.
        texts = [f"{column:0{longest}b}"[::-1] for column in reversed(some)]
        digits = "".join("".join(chosen(text)) for text in texts)
        for at in range(len(rows)):
            turned[at] |= int(digits[at :: len(rows)], 2) << start
    return turned
