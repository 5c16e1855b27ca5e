"""What nobody observed: what the policies say about the pods of a matrix and those whom it cannot
probe from or to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from prober.model.run import PredictedOnly
from prober.policy import ANY_OTHER, OUTSIDE, OUTSIDE_LEGEND
from prober.report.html.element import element
from prober.report.strangers import TITLE, said, sums

MOST_ROWS = 500
"""Pods with a line of their own; with more, how many have which answer."""


def strangers(rows: Sequence[PredictedOnly]) -> Iterator[ET.Element]:
    """A section with a line for each pod, for browsers that run no scripts: with them the matrix
    has it. Nothing where the record has none."""
    if not rows:
        return
    known = (
        [_table(rows)] if len(rows) <= MOST_ROWS else [element("p", line) for line in sums(rows)]
    )
    yield element(
        "section",
        element("h2", TITLE.capitalize()),
        known,
        element("p", OUTSIDE_LEGEND, classes="faint"),
        id="strangers",
    )


def _table(rows: Sequence[PredictedOnly]) -> ET.Element:
    heads = ("Pod", f"From {ANY_OTHER}", f"To {OUTSIDE}")
    body = [
        element(
            "tr",
            element("th", row.pod, scope="row"),
            element("td", said(row.from_any_other_namespace)),
            element("td", said(row.to_outside)),
        )
        for row in rows
    ]
    top = element("thead", element("tr", [element("th", text, scope="col") for text in heads]))
    return element("table", top, element("tbody", body), classes="checks")
