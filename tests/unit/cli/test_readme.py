"""The README lists facts that have their home in the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prober.cli.group import COMMANDS
from prober.model.errors import ExitCode

README = (Path(__file__).parents[3] / "README.md").read_text()


@pytest.mark.parametrize("code", list(ExitCode), ids=str)
def test_the_exit_codes_are_those_of_the_table(code: ExitCode) -> None:
    assert f"| {int(code)} | {code.meaning} |" in README


def test_every_command_is_named() -> None:
    assert set(re.findall(r"^\| `prober ([a-z]+)", README, re.MULTILINE)) == set(COMMANDS)


def test_what_it_names_exists() -> None:
    root = Path(__file__).parents[3]
    missing = [
        name for name in re.findall(r"\]\(([\w./-]+)\)", README) if not (root / name).exists()
    ]
    assert not missing
