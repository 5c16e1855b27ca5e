"""One run record, many formats. Every report is a pure function of `prober.model.run.RunRecord` and
nothing else.

- **format**    a name in `FORMATS`, what it renders with, and the file suffixes that choose it
- **page**      what the reader's side allows: colour or not, and how many columns
- **mark**      the one word that starts a check's line: `ok`, `FAIL`, `LEAK` or `UNSURE`
- **surprise**  a check whose mark is not `ok`: always shown, with its reasons
- **case**      a check, a vantage that failed or an empty run, as test reports (JUnit, TAP) count
  them

The files: `text` (widths, ellipses, wrapping), `page` (colour), `words` (marks, times), `evidence`
(in one line), `console` (`table`), `wide`, `causes` (findings), `matrix`, `strangers` (what it
predicts only), `json_`, `yaml_`, `cases`, `junit`, `tap`, `prometheus`, `html` (a package), `plan`
(the dry run), `write` (files) and `progress` (the line on a terminal). What stands in JSON and YAML
is in `prober.model.published`.

Nothing here decides anything: what is wrong, why, and the exit code are in the record. What is here
must not hide it: a run whose exit code is not 0 is never all `ok` in any format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prober.lazy import exports
from prober.model.errors import UsageError
from prober.report.page import Page

if TYPE_CHECKING:  # whatever prints a word imports this package: the record is of no use to most
    from prober.model.run import RunRecord

if TYPE_CHECKING:
    from prober.report.console import assemble, check_lines, facts
    from prober.report.page import PAINT, Style
    from prober.report.plan import render_plan
    from prober.report.progress import NullProgress, Progress, progress_for
    from prober.report.text import ELLIPSIS, hanging, pad, plural, printable, shorten, wrap
    from prober.report.words import Mark, counts_text, mark_of, milliseconds
    from prober.report.write import check_paths, format_of

HOMES = {
    "console": "assemble check_lines facts",
    "page": "PAINT Style",
    "plan": "render_plan",
    "progress": "NullProgress Progress progress_for",
    "text": "ELLIPSIS hanging pad plural printable shorten wrap",
    "words": "Mark counts_text mark_of milliseconds",
    "write": "check_paths format_of",
}
"""What others may use, and where it lives."""

__getattr__ = exports(__name__, HOMES)

__all__ = [
    "ELLIPSIS",
    "FORMATS",
    "PAINT",
    "Format",
    "Mark",
    "NullProgress",
    "Page",
    "Progress",
    "Style",
    "assemble",
    "check_lines",
    "check_paths",
    "counts_text",
    "facts",
    "format_of",
    "hanging",
    "mark_of",
    "milliseconds",
    "pad",
    "plural",
    "printable",
    "progress_for",
    "render",
    "render_plan",
    "shorten",
    "wrap",
]


@dataclass(frozen=True, slots=True)
class Format:
    """One entry of the table of formats."""

    render: Callable[[RunRecord, Page], str]
    """The whole text, which ends with a newline."""
    suffixes: tuple[str, ...]
    """Of the files that get this format, in lower case; empty: it is for the terminal only."""
    media: str
    """What it is, in a few words."""


# Each entry imports its module when it is used, so that `--version` and `-o table` do not pay for
# XML and YAML.


def _table(record: RunRecord, page: Page) -> str:
    from prober.report.console import render_table

    return render_table(record, page)


def _wide(record: RunRecord, page: Page) -> str:
    from prober.report.wide import render_wide

    return render_wide(record, page)


def _matrix(record: RunRecord, page: Page) -> str:
    from prober.report.matrix import render_matrix

    return render_matrix(record, page)


def _json(record: RunRecord, _page: Page) -> str:
    from prober.report.json_ import render_json

    return render_json(record)


def _yaml(record: RunRecord, _page: Page) -> str:
    from prober.report.yaml_ import render_yaml

    return render_yaml(record)


def _junit(record: RunRecord, _page: Page) -> str:
    from prober.report.junit import render_junit

    return render_junit(record)


def _html(record: RunRecord, _page: Page) -> str:
    from prober.report.html.document import render_html

    return render_html(record)


def _prometheus(record: RunRecord, _page: Page) -> str:
    from prober.report.prometheus import render_prometheus

    return render_prometheus(record)


def _tap(record: RunRecord, _page: Page) -> str:
    from prober.report.tap import render_tap

    return render_tap(record)


FORMATS: Mapping[str, Format] = {
    "table": Format(_table, (), "text for people"),
    "wide": Format(_wide, (".txt",), "text for people, every check and every column"),
    "matrix": Format(_matrix, (), "text for people, observed × predicted for every pair"),
    "json": Format(_json, (".json",), "JSON with a published schema"),
    "yaml": Format(_yaml, (".yaml", ".yml"), "YAML, the same members as the JSON"),
    "junit": Format(_junit, (".xml",), "JUnit XML, for GitLab, Jenkins and GitHub"),
    "html": Format(_html, (".html", ".htm"), "one self-contained page, for a browser or a ticket"),
    "prometheus": Format(
        _prometheus, (".prom",), "metrics of the run, for a node exporter's textfile collector"
    ),
    "tap": Format(_tap, (".tap",), "TAP version 14 with YAML diagnostics"),
}
"""Every format, by the name that `-o` takes."""


def render(
    record: RunRecord,
    format: str,  # noqa: A002 - the word users know it by
    *,
    color: bool = False,
    width: int | None = None,
    remembered: bool = True,
) -> str:
    """The record in a format of `FORMATS`, as text that ends with a newline and that UTF-8 can
    carry.

    `color`, `width` (terminal columns; None: as wide as the content) and `remembered` (whether
    `prober fix` takes this run where none is named) matter to text for people only. Raises
    `UsageError` for an unknown format.
    """
    from prober.model.codec import as_published

    entry = FORMATS.get(format)
    if entry is None:
        raise UsageError(
            f"unknown output format {format!r}", hint=f"use one of {', '.join(FORMATS)}"
        )
    # Rounded first: the JSON has microseconds, and a table from the record in memory would differ
    # in its last digit from one of the record that was read back.
    text = entry.render(as_published(record), Page(color=color, width=width, remembered=remembered))
    # What came from the wire or from file names may hold lone surrogates, which no encoder accepts.
    return text.encode("utf-8", "replace").decode("utf-8")
