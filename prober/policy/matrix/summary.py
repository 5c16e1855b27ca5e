"""The whole matrix on one screen, however large it is: what is allowed, denied and undefined by
pair of namespaces."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from prober.policy.deciding.rules.pod_sets import PodSet, members
from prober.policy.matrix.matrix import Counts, Matrix

MOST_LINES = 20
"""Lines of pairs; of the others there is a sum."""
ITSELF = "itself"
MOST_NAMESPACES = 60
"""Columns of two digits that a terminal still has room for; beyond, the summary is the table."""

Pair = tuple[str, str]
"""The namespace of the sources, and that of the destinations."""


class _Cells(NamedTuple):
    """What a pair has, but for what is denied."""

    allowed: Counter[Pair]
    undefined: Counter[Pair]


def by_namespace(matrix: Matrix) -> dict[Pair, Counts]:
    """The counts of every pair of namespaces that has a cell. The work grows with the sources that
    differ, not with the pods."""
    homes = [pod.namespace for pod in matrix.pods]
    cells = _Cells(Counter(), Counter())
    declared: Counter[str] = Counter()
    for port in matrix.ports:
        targets, own = matrix.destinations[port], matrix.own_cells(port)
        declared.update(homes[index] for index in members(targets))
        reached: tuple[dict[PodSet, Counter[str]], ...] = (
            defaultdict(Counter),
            defaultdict(Counter),
        )
        for sources, row in matrix.shared_rows(port):
            spaces = Counter(homes[index] for index in members(sources))
            open_ones = targets & ~row.allowed & ~row.denied
            reached[0][row.allowed].update(spaces)
            reached[1][open_ones].update(spaces)
            for index in members(sources & own & ~row.allowed):
                cells.allowed[homes[index], homes[index]] += 1
                cells.undefined[homes[index], homes[index]] -= open_ones >> index & 1
        for counted, sets in zip(cells, reached, strict=True):
            _spread(counted, sets, homes)
    pods = Counter(homes)
    return {
        (source, target): _counts(cells, (source, target), pods[source] * declared[target])
        for source in pods
        for target in declared
    }


def summary(matrix: Matrix) -> str:
    """The pairs of namespaces with most that is allowed or undefined, and the sum of the others;
    without a final line break."""
    return "\n".join(_lines(matrix))


def _lines(matrix: Matrix) -> Iterator[str]:
    pairs = by_namespace(matrix)
    total = _sum(pairs.values())
    spaces = {pod.namespace for pod in matrix.pods}
    yield (
        f"{len(matrix.pods):,} pods in {len(spaces):,} namespaces, {total.total:,} predictions "
        "(every pod to every declared port):"
    )
    yield (f"{total.allowed:,} allowed, {total.denied:,} denied, {total.undefined:,} undefined")
    if not total.total:
        return
    mixed = {pair: cells for pair, cells in pairs.items() if cells.allowed or cells.undefined}
    lines = sorted(_merged(mixed), key=lambda line: (-line.sum.allowed, -line.sum.undefined))
    listed, others = lines[:MOST_LINES], lines[MOST_LINES:]
    rows = [(line.source, line.target, *_figures(line.sum)) for line in listed]
    if others:
        pairs_left = sum(line.pairs for line in others)
        left = _sum(line.sum for line in others)
        rows.append((f"{pairs_left:,} more pairs", "", *_figures(left)))
    if len(pairs) > len(mixed):
        closed = _sum(cells for pair, cells in pairs.items() if pair not in mixed)
        rows.append((f"{len(pairs) - len(mixed):,} pairs", "all denied", *_figures(closed)))
    yield ""
    yield from _table([("from", "to", "allowed", "denied", "undefined"), *rows])


class _Line(NamedTuple):
    """Pairs that are alike, or a single one."""

    source: str
    target: str
    pairs: int
    sum: Counts


def _merged(pairs: Mapping[Pair, Counts]) -> Iterator[_Line]:
    """Pairs in one line: the namespaces from which all, some or nothing of another is allowed,
    denied, undefined; those of which the same holds within themselves; and of the others, those of
    which it holds from one."""
    by_target: defaultdict[tuple[str, object], list[Pair]] = defaultdict(list)
    for (source, target), counts in sorted(pairs.items()):
        by_target[ITSELF if source == target else target, _share(counts)].append((source, target))
    alone: defaultdict[tuple[str, object], list[Pair]] = defaultdict(list)
    for (target, share), alike in by_target.items():
        if len(alike) > 1 or target == ITSELF:
            total = _sum(pairs[pair] for pair in alike)
            yield _Line(_named([source for source, _ in alike]), target, len(alike), total)
        else:
            alone[alike[0][0], share] += alike
    for (source, _), alike in alone.items():
        total = _sum(pairs[pair] for pair in alike)
        yield _Line(source, _named([target for _, target in alike]), len(alike), total)


def _share(counts: Counts) -> tuple[bool, bool, bool]:
    """Which of the three answers a pair has at all."""
    return bool(counts.allowed), bool(counts.denied), bool(counts.undefined)


def _named(spaces: Sequence[str]) -> str:
    return spaces[0] if len(spaces) == 1 else f"{spaces[0]} and {len(spaces) - 1} more"


def _figures(counts: Counts) -> tuple[str, str, str]:
    return f"{counts.allowed:,}", f"{counts.denied:,}", f"{counts.undefined:,}"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Names to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        names = [text.ljust(width) for text, width in zip(row[:2], widths[:2], strict=True)]
        figures = [text.rjust(width) for text, width in zip(row[2:], widths[2:], strict=True)]
        yield "  " + "  ".join((*names, *figures))


def _counts(cells: _Cells, pair: Pair, total: int) -> Counts:
    allowed, undefined = cells.allowed[pair], cells.undefined[pair]
    return Counts(allowed, total - allowed - undefined, undefined)


def _sum(each: Iterable[Counts]) -> Counts:
    counts = list(each)
    return Counts(*(sum(getattr(each_count, name) for each_count in counts) for name in _WAYS))


_WAYS = ("allowed", "denied", "undefined")


def _spread(
    counted: Counter[Pair], sets: Mapping[PodSet, Counter[str]], homes: Sequence[str]
) -> None:
    """Count the members of each set by namespace, once for every source that has it."""
    for targets, sources in sets.items():
        within = Counter(homes[index] for index in members(targets))
        for home, count in within.items():
            for source, times in sources.items():
                counted[source, home] += count * times


def too_many(matrix: Matrix) -> bool:
    """Whether there are more namespaces than a grid can show."""
    return len({pod.namespace for pod in matrix.pods}) > MOST_NAMESPACES
