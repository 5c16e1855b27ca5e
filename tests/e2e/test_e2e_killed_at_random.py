"""SIGKILL at random moments of runs: nothing is left after the deadline, and nothing of anybody
else's is touched.

`PROBER_E2E_KILLS` says how many (a few by default), `PROBER_E2E_SEED` repeats the moments of
another time.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from e2e_cluster import Cluster, wait
from e2e_victims import Victims, is_victim, victims

KILLED = str(Path(__file__).with_name("e2e_killed.py"))
KILLS = int(os.environ.get("PROBER_E2E_KILLS", "8"))
SEED = os.environ.get("PROBER_E2E_SEED") or secrets.token_hex(4)
AT_ONCE = 4
DEADLINE = 20
"""Seconds that the objects of these runs live."""
SOURCES = ("sts/prometheus.monitoring", "deploy/source-controller.flux-system", "node/n1")
TARGET = "tcp://deploy/source-controller.flux-system:8080"


@pytest.fixture
def planted(flux: Cluster) -> Iterator[Victims]:
    flux.wait_until_nothing_is_left()
    with victims(flux, "monitoring", "flux-system") as there:
        yield there


def start(flux: Cluster, source: str, *, sweeps: bool) -> subprocess.Popen[bytes]:
    """A run with probe pods, whose objects do not live long."""
    settings = {"E2E_DEADLINE": str(DEADLINE), "E2E_SWEEPS": "1" if sweeps else ""}
    return subprocess.Popen(
        [sys.executable, KILLED, "any", "check", source, TARGET, "--via", "pod"],
        env=flux.environment(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def duration(flux: Cluster) -> float:
    """Seconds that such runs take when nobody kills them, several at a time."""
    began = time.monotonic()
    for process in [start(flux, SOURCES[n % 3], sweeps=False) for n in range(AT_ONCE)]:
        assert process.wait(timeout=180) in (0, 1, 3)
    return time.monotonic() - began


def kill_one(flux: Cluster, source: str, after: float, sweeps: bool) -> bool:
    """Was it still there to be killed."""
    process = start(flux, source, sweeps=sweeps)
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait() == -signal.SIGKILL


def left(flux: Cluster) -> list[str]:
    return [remnant for remnant in flux.remains() if not is_victim(remnant)]


def test_whenever_a_run_is_killed_nothing_is_left_and_nobody_is_harmed(
    flux: Cluster, planted: Victims
) -> None:
    longest = duration(flux)
    moments = random.Random(SEED)  # noqa: S311 - moments, and nothing secret
    killed = tries = 0
    seen: set[str] = set()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while killed < KILLS and tries < 3 * KILLS:
            plans = [
                (moments.choice(SOURCES), moments.uniform(0, longest), moments.random() < 0.5)
                for _ in range(min(AT_ONCE, KILLS - killed))
            ]
            killed += sum(pool.map(lambda plan: kill_one(flux, *plan), plans))
            tries += len(plans)
            seen |= set(left(flux))
    figures = f"{killed} of {tries} killed within {longest:.1f} s, {len(seen)} objects left by them"
    sys.stdout.write(f"seed {SEED}: {figures}\n")
    assert killed == KILLS, "the moments are later than the runs last"
    wait(lambda: not left(flux), lambda: f"left behind (seed {SEED}): {left(flux)}", DEADLINE + 90)
    assert planted.harm() == [], f"seed {SEED}"


def test_cleaning_up_harms_nobody_either(flux: Cluster, planted: Victims) -> None:
    for options in ((), ("--all",)):
        done = flux.prober("cleanup", *options)
        assert done.returncode == 0, done.stderr
        assert "nothing to remove" in done.stdout
    assert planted.harm() == []


def test_whoever_claims_to_be_probers_is_seen_like_anybody_else(
    flux: Cluster, planted: Victims, tmp_path: Path
) -> None:
    file = tmp_path / "snapshot.json"
    saved = flux.prober("snapshot", "save", str(file), "-A")
    assert saved.returncode == 0, saved.stderr
    pods = [item for item in json.loads(file.read_text())["items"] if item["kind"] == "Pod"]
    assert len([pod for pod in pods if pod["metadata"]["name"] == "claims"]) == 3
