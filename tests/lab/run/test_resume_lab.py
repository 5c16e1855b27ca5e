"""A run that is killed goes on from where it was: with real packets, and SIGKILL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prober.cli.output.state import runs_folder

pytestmark = pytest.mark.lab

SCENARIO = str(Path(__file__).parents[3] / "scenarios" / "flux.yaml")
ARGUMENTS = ["run", SCENARIO, "--lab", "-o", "json"]
SMALL_CHUNKS = f"""
import sys
from prober.coordinator import run
from prober.coordinator.chunks import chunks_of
run.chunks_of = lambda checks: chunks_of(checks, most=4)
from prober.cli.main import run as call
sys.exit(call({ARGUMENTS!r}))
"""


def parts() -> list[Path]:
    return sorted((runs_folder() / "interrupted").glob("*/*.part.json"))


def killed_after(chunks: int) -> str:
    """The id of a run that was killed when it had written so many chunks."""
    process = subprocess.Popen(
        [sys.executable, "-c", SMALL_CHUNKS], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while len(parts()) < chunks and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was over before it could be killed"
    return parts()[0].parent.name


def test_a_run_that_is_killed_keeps_what_it_had_and_goes_on() -> None:
    name = killed_after(2)
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
    assert len(kept) >= 8
    seen = {check["id"]: check["observation"] for check in record["checks"]}
    assert {key: seen[key] for key in kept} == kept
    assert len(seen) > len(kept)
    assert parts() == []
    whole = json.loads(subprocess.run(command, text=True, capture_output=True, check=False).stdout)
    assert [check["id"] for check in record["checks"]] == [one["id"] for one in whole["checks"]]
    assert [one["result"] for one in record["checks"]] == [one["result"] for one in whole["checks"]]
    assert {one["id"] for one in record["findings"]} == {one["id"] for one in whole["findings"]}
