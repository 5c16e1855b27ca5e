"""The whole page, and what is at its top: what ran, on what, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from prober.model.errors import ExitCode
from prober.model.run import RunRecord
from prober.report.console import facts
from prober.report.html.causes import causes
from prober.report.html.checks import checks
from prober.report.html.element import element, markup
from prober.report.html.grid import matrix
from prober.report.text import plural
from prober.report.words import milliseconds, tally

_VERDICTS = {
    ExitCode.OK: ("ok", "Everything is as expected"),
    ExitCode.FAILED: ("fail", "Not as expected"),
}
_UNKNOWN = ("unsure", "It could not be found out")
# Nothing is loaded from anywhere, whatever got into the page.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def render_html(record: RunRecord) -> str:
    """The run as one HTML page."""
    title = f"{record.scenario}: {tally(record)}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        _verbatim("style", "style.css"),
    )
    main = element(
        "main", causes(record.findings), _failures(record), matrix(record.checks), checks(record)
    )
    body = element("body", _header(record), main, _footer(record), _verbatim("script", "script.js"))
    return f"<!DOCTYPE html>\n{markup(element('html', head, body, lang='en'))}\n"


def _header(record: RunRecord) -> ET.Element:
    code = record.exit_code
    word, sentence = _VERDICTS.get(code, _UNKNOWN)
    counts = (
        f"{tally(record)} · exit {code.value}"
        if record.checks
        else f"nothing was checked · exit {code.value}"
    )
    verdict = element("p", element("strong", sentence), f" {counts}", classes=f"verdict {word}")
    ran = [*facts(record.fabric), record.started, milliseconds(record.duration_ms)]
    return element(
        "header",
        element("h1", record.scenario or "prober"),
        verdict,
        element("p", " · ".join(part for part in ran if part), classes="facts"),
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


def _verbatim(tag: str, file: str) -> ET.Element:
    """A file of ours that stands in the page as it is."""
    made = ET.Element(tag)
    made.text = _read(file)
    return made


@cache
def _read(file: str) -> str:
    return Path(__file__).with_name(file).read_text(encoding="utf-8")
