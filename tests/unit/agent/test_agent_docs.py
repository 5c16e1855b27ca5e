"""docs/agent.md says what the code does."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import get_args

import pytest

from agent import wire
from agent.runner import _parser
from agent.serving.responder import Speech
from prober.model.outcome import Evidence, Outcome

TEXT = (Path(__file__).parents[3] / "docs" / "agent.md").read_text()


def rows(heading: str) -> dict[str, list[str]]:
    """The table under a heading: what stands in the first column, between backquotes → the other
    cells."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("|") for line in section.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.split(" | ")] for line in lines]
    return {row[0].strip("| `"): row[1:] for row in cells}


def test_every_outcome_is_there_with_its_meaning_and_a_cause() -> None:
    table = rows("How a probe can end")
    assert {name: row[0] for name, row in table.items()} == {
        outcome.value: outcome.meaning for outcome in Outcome
    }
    assert all(row[1] for row in table.values())


def test_every_kind_of_evidence_is_there() -> None:
    assert list(rows("What the wire showed")) == [
        field.name for field in dataclasses.fields(Evidence)
    ]


def test_the_plan_that_is_shown_can_be_read() -> None:
    shown = re.search(r"\| stdin \| `(\{.*\})` \|", TEXT)
    assert shown is not None
    assert wire.decode_plan(shown[1].encode()).probes[0].host == "github.com"
    end = '{"type": "end", "nonce": "5f1e…", "probes": 1}'
    assert wire.decode_line(end.encode(), "5f1e…") == wire.End(1, "5f1e…")
    assert f"`{end}`" in TEXT


@pytest.mark.parametrize(
    "action", [a for a in _parser()._actions if a.dest != "help"], ids=lambda action: action.dest
)
def test_every_option_is_there(action: object) -> None:
    assert all(option in TEXT for option in action.option_strings)  # type: ignore[attr-defined]  # an argparse action


def test_the_responders_words_are_there() -> None:
    assert all(f"--{word} " in TEXT for word in get_args(Speech))
