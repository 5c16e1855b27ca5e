"""`matrix`: observed × predicted for every pair, one character a cell, one grid a protocol and
port.

With more endpoints than fit, the counts and the surprises only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Result, RunRecord, Verdict
from prober.report.causes import causes
from prober.report.console import assemble, ending, header, noteworthy, surprise_lines
from prober.report.page import Page, Style
from prober.report.strangers import stranger_lines
from prober.report.text import cells, pad, pad_left, printable, shorten, wrap

MAX_ENDPOINTS = 24
"""Rows and columns of the widest grid that still fits beside its names into 80 columns."""


class Cell(StrEnum):
    """One pair's character, the worst first: where a cell stands for several checks it shows the
    worst."""

    LEAK = "!"
    BLOCKED = "#"
    UNSURE = "?"
    REFUSED = "r"
    CLOSED = "x"
    OPEN = "."
    CLOSED_UNDEFINED = "c"
    OPEN_UNDEFINED = "o"

    @property
    def meaning(self) -> str:
        return MEANINGS[self]

    @property
    def style(self) -> Style | None:
        if self in (Cell.LEAK, Cell.BLOCKED):
            return Style.BAD
        return Style.UNSURE if self is Cell.UNSURE else None


MEANINGS: Mapping[Cell, str] = {
    Cell.LEAK: "leak: denied, but it passes",
    Cell.BLOCKED: "blocked: allowed, but it does not pass",
    Cell.UNSURE: "inconclusive",
    Cell.REFUSED: "let through as predicted, but the target refuses",
    Cell.CLOSED: "closed as predicted",
    Cell.OPEN: "open as predicted",
    Cell.CLOSED_UNDEFINED: "closed, where the API leaves it undefined",
    Cell.OPEN_UNDEFINED: "open, where the API leaves it undefined",
}
ALWAYS_IN_LEGEND = (Cell.OPEN, Cell.CLOSED, Cell.LEAK, Cell.BLOCKED, Cell.UNSURE)
SEVERITY = {cell: rank for rank, cell in enumerate(Cell)}


def cell_of(check: CheckRecord) -> Cell:
    """The character of one check."""
    outcome = check.observation.outcome
    # In the order of how much it matters. A cell stands for several checks sometimes, and a leak
    # must not hide behind a check that was inconclusive.
    if check.verdict is Verdict.LEAK:
        return Cell.LEAK
    if check.verdict is Verdict.BLOCKED:
        return Cell.BLOCKED
    if (
        Verdict.INCONCLUSIVE is check.verdict
        or check.result is Result.INCONCLUSIVE
        or outcome is Outcome.ERROR
    ):
        return Cell.UNSURE
    if check.prediction.verdict is Ruling.UNDEFINED:
        return Cell.OPEN_UNDEFINED if outcome.reached else Cell.CLOSED_UNDEFINED
    if outcome is Outcome.OK:
        return Cell.OPEN
    return Cell.REFUSED if outcome.reached else Cell.CLOSED


@dataclass(frozen=True, slots=True)
class Grid:
    """One protocol and port: the worst cell of each pair, by the endpoints' texts."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]


def grids(checks: Sequence[CheckRecord]) -> list[Grid]:
    """The checks sorted into grids: protocols by name, ports by number (names after numbers),
    endpoints by text."""
    by_port: dict[tuple[str, int, str], dict[tuple[str, str], Cell]] = {}
    for check in checks:
        flow = check.check.flow
        port = flow.port if isinstance(flow.port, int) else 0
        key = (
            str(flow.protocol),
            port or 65536 * (flow.port is not None),
            "" if flow.port is None else str(flow.port),
        )
        pairs = by_port.setdefault(key, {})
        pair = (str(flow.source), str(flow.destination))
        # The worst of several checks about one pair and port, such as the same flow over IPv4 and
        # IPv6.
        pairs[pair] = min(pairs.get(pair, cell_of(check)), cell_of(check), key=SEVERITY.__getitem__)
    return [
        Grid(
            title=f"{protocol} {port}".rstrip(),
            rows=tuple(sorted({source for source, _ in pairs})),
            columns=tuple(sorted({destination for _, destination in pairs})),
            cells=pairs,
        )
        for (protocol, _, port), pairs in sorted(by_port.items())
    ]


def render_matrix(record: RunRecord, page: Page) -> str:
    """Header, grids with their key and legend, the surprises in full, causes and ending."""
    every = grids(record.checks)
    names = sorted({name for grid in every for name in (*grid.rows, *grid.columns)})
    numbers = {name: number for number, name in enumerate(names, start=1)}
    small = 0 < len(names) <= MAX_ENDPOINTS
    blocks = [_grid_lines(grid, numbers, page) for grid in every] if small else []
    return assemble(
        header(record, page),
        *blocks,
        _key(every, numbers, page) if small else [],
        stranger_lines(record.predicted_only, page, each=small),
        list(_legend(record.checks, page)),
        surprise_lines([check for check in record.checks if noteworthy(check)], page),
        causes(record.findings, page),
        ending(record, page),
    )


def _grid_lines(grid: Grid, numbers: Mapping[str, int], page: Page) -> list[str]:
    """The title over the column numbers (tens above ones), then a line for each source with its own
    number."""
    widest = max(cells(printable(name)) for name in grid.rows)
    room = page.room(2 + 3 + 2 + 2 * len(grid.columns))
    name_width = widest if room is None else min(widest, max(room, 8))
    indent = " " * (2 + 3 + name_width + 2)
    tens = " ".join(str(numbers[name] // 10) if numbers[name] > 9 else " " for name in grid.columns)
    ones = " ".join(str(numbers[name] % 10) for name in grid.columns)
    lines = [
        page.paint(printable(grid.title), Style.STRONG),
        *([indent + tens] if tens.strip() else []),
        indent + ones,
    ]
    for source in grid.rows:
        pairs = [grid.cells.get((source, destination)) for destination in grid.columns]
        marks = " ".join(page.paint(cell.value, cell.style) if cell else " " for cell in pairs)
        name = pad(shorten(printable(source), name_width), name_width)
        lines.append(f"  {numbers[source]:>2} {name}  {marks}".rstrip())
    return lines


def _key(every: Sequence[Grid], numbers: Mapping[str, int], page: Page) -> list[str]:
    """The columns that are nobody's row: rows say their number and name themselves."""
    rows = {name for grid in every for name in grid.rows}
    others = [name for name in numbers if name not in rows]
    if not others:
        return []
    room = page.room(5)
    texts = [printable(name) if room is None else shorten(printable(name), room) for name in others]
    return [
        "to",
        *(f"  {numbers[name]:>2} {text}" for name, text in zip(others, texts, strict=True)),
    ]


def _legend(checks: Sequence[CheckRecord], page: Page) -> Iterator[str]:
    """Each character with its meaning and its count; the rarer ones only where they occur."""
    counts = Counter(cell_of(check) for check in checks)
    shown = [
        *ALWAYS_IN_LEGEND,
        *(cell for cell in Cell if cell not in ALWAYS_IN_LEGEND and counts[cell]),
    ]
    width = max(len(str(counts[cell])) for cell in shown)
    for cell in shown:
        text = f"{pad_left(str(counts[cell]), width)}  {cell.meaning}"
        style = cell.style if counts[cell] else None
        first, *rest = wrap(text, page.room(4)) or [""]
        yield (
            f"  {page.paint(cell.value, style)} "
            f"{pad_left('', width - len(str(counts[cell])))}{first}"
        )
        yield from (" " * (width + 6) + line for line in rest)
