"""docs/baseline.md names every member of the closed sets, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from prober.baseline.allow import load_allowances
from prober.baseline.file import load_baseline
from prober.model.baseline import ChangeKind, Reach

TEXT = (Path(__file__).parents[3] / "docs" / "baseline.md").read_text()


def first_column(heading: str) -> set[str]:
    """The words in the first column of the table with this heading."""
    table = TEXT.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return {word for row in table for word in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_the_states_are_those_of_the_model() -> None:
    assert first_column("`observed`") == {item.value for item in Reach}


def test_the_changes_are_those_of_the_model() -> None:
    assert first_column("change") == {item.value for item in ChangeKind}


def test_the_examples_are_read(tmp_path: Path) -> None:
    readers = {"Baseline": load_baseline, "AllowedChanges": load_allowances}
    for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL):
        reader = readers.pop(yaml.safe_load(block)["kind"], None)
        if reader:
            file = tmp_path / "example.yaml"
            file.write_text(block)
            assert reader(file)
    assert not readers
