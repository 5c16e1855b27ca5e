"""docs/why.md shows what comes out, and each of the five incidents is found from its symptom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prober.cli.main import run

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "why.md").read_text()
BLOCKS = re.findall(r"```\n\$ prober (why [^\n]+)\n(.*?)```", TEXT, re.DOTALL)

HEADING = "what fails because of it"

pytestmark = pytest.mark.lab


def told(text: str) -> dict[str, list[str]]:
    """What an answer tells, without times and without the words of the diagnosis, which has a
    document of its own: what fails, which causes, what was looked at."""
    lines = [line.strip() for line in text.splitlines()]
    start = lines.index(HEADING) + 1 if HEADING in lines else 0
    return {
        "fails": lines[start : lines.index("", start)] if start else lines[:1],
        "causes": re.findall(r"^ +\d+  ([a-z0-9-]+)(?:,|  )", text, re.MULTILINE),
        "looked": [line for line in lines if line.startswith(("looked at", "not read"))],
        "end": [re.sub(r"[0-9.]+ m?s", "T", lines[-1])],
    }


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
    assert told(capsys.readouterr().out.strip()) == told(shown.strip())
    assert shown.rstrip().endswith(f"exit {code}")


def test_the_docs_show_all_five() -> None:
    assert len(BLOCKS) >= 5
