"""The checks, each with what the wire said: for browsers that run no scripts, as in a ticket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from prober.model.run import CheckRecord, RunRecord
from prober.report.console import COLLAPSE_ABOVE
from prober.report.evidence import evidence_line
from prober.report.html.data import loud_first
from prober.report.html.element import element
from prober.report.text import plural
from prober.report.words import Mark, explain, flake, mark_of, milliseconds, outcome_word

MOST_ROWS = 500
"""Checks in the table: with a script the page shows all of them."""
_HEADINGS = ("", "Check", "Seen", "Predicted", "Time")


def checks(record: RunRecord) -> Iterator[ET.Element]:
    """One row a check, in the run's order; a surprise has its sentences under it. Nothing without
    checks."""
    if not record.checks:
        return
    head = element(
        "thead", element("tr", (element("th", heading, scope="col") for heading in _HEADINGS))
    )
    shown = loud_first(record.checks, MOST_ROWS)
    rows = [row for check in shown for row in _rows(check, record.addresses)]
    title = element("h2", plural(len(record.checks), "check"))
    expected = sum(_is_as_expected(check) for check in record.checks)
    many = len(record.checks) > COLLAPSE_ABOVE
    parts = [
        title,
        *(
            [_switch(expected, hidden=many)]
            if expected and (many or expected < len(record.checks))
            else []
        ),
    ]
    if len(shown) < len(record.checks):
        parts.append(element("p", f"The first {len(shown)} are shown, what went wrong first."))
    yield element(
        "section",
        parts,
        element("table", head, element("tbody", rows), classes="checks"),
        id="checks",
    )


def _switch(expected: int, *, hidden: bool) -> ET.Element:
    """Hides the rows that are as they should be. It is a check box, so that it works without a
    script."""
    checked = {"checked": "checked"} if hidden else {}
    box = element("input", type="checkbox", id="surprises", **checked)
    return element("label", box, f" hide the {expected} that are as they should be")


def _is_as_expected(check: CheckRecord) -> bool:
    return mark_of(check) is Mark.OK and not check.observation.flaky


def _rows(check: CheckRecord, addresses: Mapping[str, str]) -> Iterator[ET.Element]:
    mark, seen = mark_of(check), check.observation
    classes = "calm" if _is_as_expected(check) else "loud"
    yield element(
        "tr",
        element("td", element("span", mark.value, classes=f"mark {mark.value.lower()}")),
        element("th", check.check.name, scope="row"),
        element("td", outcome_word(check) or seen.outcome.value),
        element("td", check.prediction.verdict.value, title=check.prediction.reason),
        element("td", milliseconds(seen.time_ms), classes="time"),
        classes=classes,
    )
    sentences = [
        *(explain(check) if mark is not Mark.OK else ()),
        *([flake(seen)] if seen.flaky else []),
    ]
    wire = evidence_line(seen.evidence, addresses) if sentences else ""
    if sentences:
        said = [
            element("li", sentence)
            for sentence in (*sentences, *([f"on the wire: {wire}"] if wire else []))
        ]
        yield element(
            "tr",
            element("td"),
            element("td", element("ul", said), colspan="4"),
            classes=f"why {classes}",
        )
