"""The matrix: observed × predicted for every pair, a coloured cell each, a grid for each protocol
and port."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from prober.model.run import CheckRecord
from prober.report.html.element import element
from prober.report.matrix import ALWAYS_IN_LEGEND, Cell, Grid, cell_of, grids

FEWEST = 3
"""Sources and destinations of a grid that is worth drawing: a scenario's few checks are no
matrix."""
MAX_CELLS = 2_500
"""Cells of the table for browsers without scripts; with more, the counts only."""


def matrix(checks: Sequence[CheckRecord]) -> Iterator[ET.Element]:
    """The grids that are dense enough to be a matrix; nothing where there are none."""
    drawn = [grid for grid in grids(checks) if _is_matrix(grid)]
    if not drawn:
        return
    fits = sum(len(grid.rows) * len(grid.columns) for grid in drawn) <= MAX_CELLS
    tables = [element("div", map(_table, drawn), classes="grids")] if fits else []
    yield element("section", element("h2", "Matrix"), _legend(checks), tables, id="matrix")


def _is_matrix(grid: Grid) -> bool:
    """Most pairs are there, of not too few."""
    size = len(grid.rows) * len(grid.columns)
    return min(len(grid.rows), len(grid.columns)) >= FEWEST and 2 * len(grid.cells) > size


def _legend(checks: Sequence[CheckRecord]) -> ET.Element:
    counts = Counter(cell_of(check) for check in checks)
    shown = [cell for cell in Cell if cell in ALWAYS_IN_LEGEND or counts[cell]]
    items = [
        element(
            "li",
            element("span", cell.value, classes=_name(cell)),
            f" {counts[cell]} {cell.meaning}",
        )
        for cell in shown
    ]
    return element("ul", items, classes="legend")


def _table(grid: Grid) -> ET.Element:
    columns = [element("th", element("span", name), scope="col") for name in grid.columns]
    rows = [
        element(
            "tr",
            element("th", row, scope="row"),
            (_cell(grid.cells, row, name) for name in grid.columns),
        )
        for row in grid.rows
    ]
    head = element("thead", element("tr", element("td"), columns))
    return element(
        "table", element("caption", grid.title), head, element("tbody", rows), classes="grid"
    )


def _cell(cells: Mapping[tuple[str, str], Cell], source: str, destination: str) -> ET.Element:
    cell = cells.get((source, destination))
    if cell is None:
        return element("td")
    return element(
        "td", cell.value, classes=_name(cell), title=f"{source} → {destination}: {cell.meaning}"
    )


def _name(cell: Cell) -> str:
    """The class by which the style sheet colours it."""
    return "cell " + cell.name.lower().replace("_", "-")
