"""What changed, in many formats. Every one is a pure function of
`prober.model.baseline.ChangeReport`.

- `console`   `table`: grouped by the edit that did it
- `data`      the shape of JSON and YAML, published as `changes.schema.json`
- `suite`     cases for JUnit and TAP
- `words`     marks and states in words
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from prober.model.baseline import ChangeReport
from prober.report.page import Page
from prober.report.write import format_of


def _table(report: ChangeReport, page: Page) -> str:
    from prober.report.changes.console import render_table

    return render_table(report, page)


def _json(report: ChangeReport, _page: Page) -> str:
    from prober.report.changes.data import changes_data
    from prober.report.json_ import dump

    return dump(changes_data(report))


def _yaml(report: ChangeReport, _page: Page) -> str:
    from prober.report.changes.data import changes_data
    from prober.report.yaml_ import dump

    return dump(changes_data(report))


def _junit(report: ChangeReport, _page: Page) -> str:
    from prober.report.changes.suite import suite_of
    from prober.report.junit import write_junit

    return write_junit(suite_of(report))


def _tap(report: ChangeReport, _page: Page) -> str:
    from prober.report.changes.suite import suite_of
    from prober.report.tap import write_tap

    return write_tap(suite_of(report))


FORMATS: Mapping[str, Callable[[ChangeReport, Page], str]] = {
    "table": _table,
    "json": _json,
    "yaml": _yaml,
    "junit": _junit,
    "tap": _tap,
}
"""By the name that `-o` takes."""


def render_changes(
    report: ChangeReport, form: str, *, color: bool = False, width: int | None = None
) -> str:
    """The report in a format of `FORMATS`, as text that ends with a newline and that UTF-8 can
    carry."""
    return (
        FORMATS[form](report, Page(color=color, width=width))
        .encode("utf-8", "replace")
        .decode("utf-8")
    )


def render_for(report: ChangeReport, path: Path) -> str:
    """The report in the format that a file's suffix chooses; `.txt` is the table."""
    form = format_of(path)
    return render_changes(report, form if form in FORMATS else "table")
