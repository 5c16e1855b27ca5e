"""docs/incidents.md has what runs print: the lab is the same every time, but for how long things
take."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Mapping

import pytest
from shipped_incidents import SCENARIOS, SHIPPED, Shipped

from prober.model.run import RunRecord
from prober.report import render

DOCUMENT = (SCENARIOS.parent / "docs" / "incidents.md").read_text(encoding="utf-8")
RUNS = dict(
    re.findall(r"\$ prober run scenarios/([a-z-]+)\.yaml --lab\n(.*?)\n```", DOCUMENT, re.DOTALL)
)


def timeless(text: str) -> list[str]:
    """The lines without their times, and without the spaces that make room for them."""
    return [
        " ".join(line.split())
        for line in re.sub(r"\b[0-9.]+ m?s\b", "TIME", text).strip().splitlines()
    ]


def test_the_table_has_every_incident_of_the_tests() -> None:
    sys.path.insert(0, str(SCENARIOS.parent / "scripts"))
    incidents = importlib.import_module("incidents")
    assert DOCUMENT.endswith(incidents.table()), "python scripts/incidents.py writes it anew"


def test_every_incident_is_there() -> None:
    assert list(RUNS) == [shipped.name for shipped in SHIPPED]


@pytest.mark.lab
@pytest.mark.parametrize("enforcement", ["reject"])
@pytest.mark.parametrize("shipped", [pytest.param(entry, id=entry.name) for entry in SHIPPED])
def test_the_output_is_what_a_run_prints(
    shipped: Shipped,
    enforcement: str,
    shipped_courses: Mapping[tuple[str, str], list[RunRecord] | Exception],
) -> None:
    course = shipped_courses[shipped.name, enforcement]
    if isinstance(course, Exception):
        raise course
    printed = render(course[0], "table", color=False, width=None)
    assert timeless(printed) == timeless(RUNS[shipped.name]), (
        "python scripts/incidents.py writes it anew"
    )
