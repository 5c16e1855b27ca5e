"""The whole page, and what is at its top: what ran, on what, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from prober.model.errors import ExitCode
from prober.model.run import RunRecord
from prober.report.console import facts
from prober.report.html.assets import SCRIPTS, data_block, head, script
from prober.report.html.causes import causes
from prober.report.html.checks import checks
from prober.report.html.data import page_data, script_text
from prober.report.html.element import element, markup
from prober.report.html.grid import matrix
from prober.report.html.strangers import strangers
from prober.report.text import plural
from prober.report.words import counts_text, milliseconds

VERDICTS = {
    ExitCode.OK: ("ok", "Everything is as expected"),
    ExitCode.FAILED: ("fail", "Not as expected"),
}
UNKNOWN = ("unsure", "It could not be found out")


@dataclass(frozen=True, slots=True)
class Around:
    """What a server knows beside the run."""

    above: tuple[ET.Element, ...] = ()
    """Above the run: the way to other runs."""
    before: tuple[ET.Element, ...] = ()
    """Before its causes: what changed."""
    history: Mapping[str, Any] | None = None
    """Of every check, for the script: `runs`, their names, and `marks`, a string a check."""
    scripts: Sequence[str] = SCRIPTS
    connects: bool = False


def render_html(record: RunRecord, around: Around | None = None) -> str:
    """The run as one HTML page."""
    around = around or Around()
    title = f"{record.scenario}: {counts_text(record)}"
    data = page_data(record) | ({"history": around.history} if around.history else {})
    main = element(
        "main",
        around.before,
        causes(record.findings),
        _failures(record),
        element("div", id="app"),
        element(
            "noscript",
            matrix(record.checks),
            strangers(record.predicted_only),
            checks(record),
        ),
    )
    body = element(
        "body",
        around.above,
        _header(record),
        main,
        _footer(record),
        data_block("run-data", script_text(data)),
        script(around.scripts),
    )
    return page(element("html", head(title, around.scripts, connects=around.connects), body))


def page(root: ET.Element) -> str:
    """The text of a page."""
    root.set("lang", "en")
    return f"<!DOCTYPE html>\n{markup(root)}\n"


def _header(record: RunRecord) -> ET.Element:
    code = record.exit_code
    word, sentence = VERDICTS.get(code, UNKNOWN)
    counts = (
        f"{counts_text(record)} · exit {code.value}"
        if record.checks
        else f"nothing was checked · exit {code.value}"
    )
    verdict = element("p", element("strong", sentence), f" {counts}", classes=f"verdict {word}")
    before = "".join(f"{part} · " for part in facts(record.fabric) if part)
    took = milliseconds(record.duration_ms)
    return element(
        "header",
        element("h1", record.scenario or "prober"),
        verdict,
        element(
            "p",
            before,
            element("time", record.started, datetime=record.started),
            f" · {took}" if took else "",
            classes="facts",
        ),
        element("ul", (element("li", warning) for warning in record.warnings), classes="warnings")
        if record.warnings
        else (),
    )


def _failures(record: RunRecord) -> Iterator[ET.Element]:
    """The vantages that could not run."""
    if not record.failures:
        return
    items = [
        element(
            "li",
            element("strong", failure.vantage),
            f" {failure.message}",
            element("br"),
            failure.hint,
        )
        for failure in record.failures
    ]
    title = element("h2", f"{plural(len(record.failures), 'vantage')} could not run")
    yield element("section", title, element("ul", items), id="failures")


def _footer(record: RunRecord) -> ET.Element:
    made = " · ".join(
        part for part in (f"prober {record.version}".strip(), f"run {record.id}") if part
    )
    return element("footer", element("p", made))
