"""Runs that are kept for the page and for `prober history`: the newest ones, within bounds."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from report_samples import record, run

from prober.cli.output import state
from prober.history.reading import read_record
from prober.model.codec import encode
from prober.model.run import RunRecord


def remembered(number: int) -> RunRecord:
    made = replace(run(record()), id=f"run-{number}", started=f"2026-03-01T10:00:{number:02}Z")
    state.remember(made, ())
    file = state.runs_folder() / f"run-{number}.json"
    if file.exists():
        os.utime(file, (number, number))
    return made


@pytest.fixture(autouse=True)
def _of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


def test_a_run_is_kept_as_its_report_for_its_user_only() -> None:
    made = remembered(1)
    (file,) = state.runs_folder().glob("*.json")
    assert encode(read_record(file)) == encode(made)
    assert file.stat().st_mode & 0o077 == 0


def test_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST_RUNS", 3)
    for number in range(1, 6):
        remembered(number)
    names = sorted(file.name for file in state.runs_folder().glob("*.json"))
    assert names == ["run-3.json", "run-4.json", "run-5.json"]


def test_a_run_that_is_too_large_is_the_last_run_and_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(state, "MOST_OF_ONE", 10)
    remembered(1)
    assert not list(state.runs_folder().glob("*.json"))
    assert state.recall().record.id == "run-1"
