"""A run that is killed goes on from where it was: with real packets, and SIGKILL."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from prober.cli.output.state import runs_folder

pytestmark = pytest.mark.lab

SCENARIO = str(Path(__file__).parents[3] / "scenarios" / "flux.yaml")
ARGUMENTS = ["run", SCENARIO, "--lab", "-o", "json"]
SMALL_CHUNKS = f"""
import os, signal, sys
from prober.cli.output.journal import Journal
from prober.coordinator import run
from prober.coordinator.chunks import chunks_of
run.chunks_of = lambda checks, **_: chunks_of(checks, most=3)
keep, kept = Journal.keep, []

def killed(journal, record):
    keep(journal, record)
    kept.append(record)
    if len(kept) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

Journal.keep = killed
from prober.cli.main import run as call
sys.exit(call({ARGUMENTS!r}))
"""


def parts() -> list[Path]:
    return sorted((runs_folder() / "interrupted").glob("*/*.part.json"))


def ids(entries: list[dict[str, str]]) -> list[str]:
    return [entry["id"] for entry in entries]


def killed() -> str:
    """The id of a run that was killed in its second chunk of three checks."""
    done = subprocess.run([sys.executable, "-c", SMALL_CHUNKS], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return parts()[0].parent.name


def test_a_run_that_is_killed_keeps_what_it_had_and_goes_on() -> None:
    name = killed()
    kept = {
        check["id"]: check["observation"]
        for part in parts()
        for check in json.loads(part.read_text())["checks"]
    }
    command = [sys.executable, "-m", "prober.cli.main", *ARGUMENTS]
    done = subprocess.run([*command, "--resume", name], text=True, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr  # as the scenario ends: some of its checks fail
    record = json.loads(done.stdout)
    assert record["id"] == name
    assert len(kept) == 6
    seen = {check["id"]: check["observation"] for check in record["checks"]}
    assert {key: seen[key] for key in kept} == kept
    assert len(seen) > len(kept)
    assert parts() == []
    whole = json.loads(subprocess.run(command, text=True, capture_output=True, check=False).stdout)
    assert ids(record["checks"]) == ids(whole["checks"])
    results = [[check["result"] for check in run["checks"]] for run in (record, whole)]
    assert results[0] == results[1]
    assert set(ids(record["findings"])) == set(ids(whole["findings"]))
