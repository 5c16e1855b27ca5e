"""README.md and docs/getting-started.md have what commands print: a newcomer compares."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[3] / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> object:
    """scripts/outputs.py, which writes the pages."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import outputs

    yield outputs
    sys.modules.pop("outputs", None)


def timeless(text: str) -> list[str]:
    """The lines without their times, and without the spaces that make room for them."""
    return [
        " ".join(line.split())
        for line in re.sub(r"<?\b[0-9.]+ m?s\b", "TIME", text).strip().splitlines()
    ]


@pytest.mark.lab
@pytest.mark.parametrize("page", ["README.md", "docs/getting-started.md"])
def test_a_page_has_what_its_commands_print(page: str, script: object) -> None:
    commands = script.commands(page)  # type: ignore[attr-defined]  # a script is no package
    made = script.outputs(page)  # type: ignore[attr-defined]
    assert len(commands) >= 2
    for (command, written), printed in zip(commands, made, strict=True):
        assert timeless(written) == timeless(printed), (
            f"{page}: {command}: python scripts/outputs.py writes it anew"
        )
