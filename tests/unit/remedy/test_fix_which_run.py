"""`prober fix` means the last run: the fixes of an older one are taken only where it is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from test_fix_command import POLICY, record

from prober.cli.main import run
from prober.cli.output.state import state_file


def keep(
    data: dict[str, Any], *, offering: bool = False, manifests: list[str] | None = None
) -> None:
    file = state_file(offering=offering)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"record": data, "manifests": manifests or []}))


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that offered a fix for this policy, and after it one that offered none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    keep(record(id="older", startedAt="2026-01-01T10:00:00Z"), offering=True, manifests=[str(path)])
    keep(record(id="newer", findings=[]), manifests=[str(path)])
    return path


@pytest.mark.parametrize(
    "args", [["all", "--apply", "--yes"], ["2", "--apply"], ["all", "--diff"], ["all", "--undo"]]
)
def test_a_run_that_offers_nothing_changes_nothing(
    policy: Path, capsys: pytest.CaptureFixture[str], args: list[str]
) -> None:
    assert run(["fix", *args]) == 2
    error = capsys.readouterr().err
    assert "run newer offers no fix" in error
    assert (
        "an older run did, started 2026-01-01T10:00:00Z: if you mean it, add --run older" in error
    )
    assert policy.read_text() == POLICY


def test_the_list_is_that_of_the_last_run(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fix"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("run newer · ")
    assert "22/TCP" not in printed


def test_an_older_run_is_taken_by_its_name(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fix", "all", "--apply", "--run", "older"]) == 0
    assert "port: 22" in policy.read_text()
    assert run(["fix", "all", "--apply", "--run", "oldest"]) == 2
    assert "run oldest is not remembered" in capsys.readouterr().err


def test_undone_is_what_was_applied(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fix", "all", "--apply", "--run", "older"]) == 0
    keep(record(id="newest", findings=[]))
    assert run(["fix", "all", "--undo"]) == 0
    assert "undoing fixes of run older" in capsys.readouterr().err
    assert policy.read_text() == POLICY


def test_to_look_is_not_to_apply(policy: Path) -> None:
    assert run(["fix", "all", "--diff", "--run", "older"]) == 0
    assert run(["fix", "all", "--undo"]) == 2
    assert policy.read_text() == POLICY


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"record": 1}', '{"record": {"kind": "Pod"}}', "[" * 100_000]
)
def test_a_damaged_memory_is_said(
    policy: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    state_file().write_text(content)
    assert run(["fix", "all", "--apply", "--yes"]) == 2
    assert "the last run cannot be read" in capsys.readouterr().err
    assert policy.read_text() == POLICY


def test_what_is_kept_is_for_its_owner_only_and_follows_no_link(
    policy: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    applied = state_file().with_name("last-applied.json")
    applied.symlink_to(victim)
    assert run(["fix", "all", "--apply", "--run", "older"]) == 0
    assert victim.read_text() == "mine"
    assert applied.stat().st_mode & 0o077 == 0
