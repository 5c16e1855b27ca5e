"""docs/why.md lists what the tables have."""

from __future__ import annotations

import re
from pathlib import Path

from prober.symptom import Direction, Failure
from prober.symptom.formats import FAMILIES

TEXT = (Path(__file__).parents[3] / "docs" / "why.md").read_text()


def rows(first: str) -> dict[str, str]:
    """The table whose first column is called `first`: first cell → second cell."""
    table = TEXT.split(f"| {first} |", 1)[1].split("\n\n", 1)[0]
    matches = re.findall(r"^\| `?([^`|\n]+?)`? \| ([^|\n]+?) \|", table, re.MULTILINE)
    return {name: meaning for name, meaning in matches if name != "---"}


def test_the_outcomes_are_those_of_the_model() -> None:
    assert rows("`outcome`") == {item.value: item.meaning for item in Failure}


def test_the_directions_are_those_of_the_model() -> None:
    assert rows("`direction`") == {item.value: item.meaning for item in Direction}


def test_the_formats_are_those_of_the_table() -> None:
    assert rows("family") == {
        family: " · ".join(dict.fromkeys(form.name for form in forms))
        for family, forms in FAMILIES.items()
    }
