"""docs/why.md shows what comes out, and each of the five incidents is found from its symptom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prober.cli.main import run

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "why.md").read_text()
BLOCKS = re.findall(r"```\n\$ prober (why [^\n]+)\n(.*?)```", TEXT, re.DOTALL)

pytestmark = pytest.mark.lab


def timeless(text: str) -> list[str]:
    """Without times, which differ, and the spaces that align them."""
    return [" ".join(re.sub(r"\d+(\.\d+)? m?s\b", "T", line).split()) for line in text.splitlines()]


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_the_docs_show_what_comes_out(
    command: str,
    shown: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    code = run(command.split())
    assert timeless(capsys.readouterr().out) == timeless(shown)
    assert shown.rstrip().endswith(f"exit {code}")


def test_the_docs_show_all_five() -> None:
    assert len(BLOCKS) >= 5
