"""Nothing is left behind: after a run, after Ctrl-C, after SIGKILL."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from e2e_cluster import SLOW, Cluster, wait

KILLED = str(Path(__file__).with_name("e2e_killed.py"))
PHASES = ("before-pods", "pods-pending", "probing", "reporting")
SHORT = ("check", "sts/prometheus.monitoring", "tcp://deploy/source-controller.flux-system:8080")
LONG = ("check", "sts/prometheus.monitoring", SLOW, "--attempts", "100", "--timeout", "1s")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_cleans_up(
    flux: Cluster, clean: Cluster, number: signal.Signals
) -> None:
    process = flux.start_prober(*LONG)
    flux.wait_for_probe_pod("monitoring")
    process.send_signal(number)
    _, stderr = process.communicate(timeout=180)
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr


def test_cleanup_sweeps_what_a_killed_run_left(flux: Cluster, clean: Cluster) -> None:
    process = flux.start_prober(*LONG)
    flux.wait_for_probe_pod("monitoring")
    process.kill()
    process.communicate(timeout=180)
    assert flux.remains()
    done = flux.prober("cleanup")
    assert done.returncode == 0, done.stderr
    assert "in namespace monitoring" in done.stdout


def kill_in_every_phase(flux: Cluster, **environment: str) -> set[str]:
    """Kill a run in each phase, at the same time; what they leave behind."""
    before = set(flux.remains())
    killed = [
        subprocess.Popen(
            [sys.executable, KILLED, phase, *SHORT, "--via", "pod"],
            env=flux.environment(**environment),
        )
        for phase in PHASES
    ]
    assert {process.wait(timeout=180) for process in killed} == {-signal.SIGKILL}
    return set(flux.remains()) - before


def test_what_was_killed_in_any_phase_vanishes_by_itself(flux: Cluster, clean: Cluster) -> None:
    left = kill_in_every_phase(flux, E2E_DEADLINE="20")
    # The one that was about to report had cleaned up; of the others each left at least what owns
    # the rest.
    assert len([remnant for remnant in left if remnant.startswith("ConfigMap/monitoring/")]) >= 3


def test_the_next_run_sweeps_what_was_killed_in_any_phase(flux: Cluster, clean: Cluster) -> None:
    left = kill_in_every_phase(flux)
    assert left
    done = flux.prober(*SHORT)
    assert done.returncode == 0, done.stdout + done.stderr
    wait(
        lambda: not left & set(flux.remains()),
        lambda: f"still there: {left & set(flux.remains())}",
        180,
    )


def test_two_runs_at_once_do_not_disturb_each_other(flux: Cluster, clean: Cluster) -> None:
    runs = [flux.start_prober(*SHORT, alone=False) for _ in range(2)]
    for process in runs:
        stdout, stderr = process.communicate(timeout=180)
        assert process.returncode == 0, stdout + stderr


def test_cleanup_leaves_a_live_run_alone(flux: Cluster, clean: Cluster) -> None:
    process = flux.start_prober(*LONG)
    try:
        flux.wait_for_probe_pod("monitoring")
        assert "nothing to remove" in flux.prober("cleanup").stdout
        assert flux.probe_pods()
        assert "in namespace monitoring" in flux.prober("cleanup", "--all").stdout
    finally:
        _, stderr = process.communicate(timeout=180)
    assert process.returncode == 3, stderr
