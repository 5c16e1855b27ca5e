"""Nothing is left behind: after a run, after Ctrl-C, after SIGKILL."""

from __future__ import annotations

import signal

import pytest
from e2e_cluster import SLOW, Cluster, wait

LONG = ("check", "sts/prometheus.monitoring", SLOW, "--attempts", "40", "--timeout", "1s")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_cleans_up(flux: Cluster, clean: Cluster, number: signal.Signals) -> None:
    process = flux.start_prober(*LONG)
    flux.wait_for_probe_pod("monitoring")
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr


def test_cleanup_sweeps_what_a_killed_run_left(flux: Cluster, clean: Cluster) -> None:
    process = flux.start_prober(*LONG)
    flux.wait_for_probe_pod("monitoring")
    process.kill()
    process.communicate(timeout=60)
    assert flux.remains()
    done = flux.prober("cleanup")
    assert done.returncode == 0, done.stderr
    assert "in namespace monitoring" in done.stdout


def test_the_next_run_sweeps_too(flux: Cluster, clean: Cluster) -> None:
    process = flux.start_prober(*LONG)
    flux.wait_for_probe_pod("monitoring")
    killed = {pod["metadata"]["name"] for pod in flux.probe_pods()}
    process.kill()
    process.communicate(timeout=60)
    done = flux.prober("check", "sts/prometheus.monitoring", "tcp://deploy/source-controller.flux-system:8080")
    assert done.returncode == 0, done.stdout + done.stderr
    wait(lambda: not killed & {pod["metadata"]["name"] for pod in flux.probe_pods()}, lambda: "still there", 60)


def test_cleanup_leaves_a_live_run_alone(flux: Cluster, clean: Cluster) -> None:
    process = flux.start_prober(*LONG)
    try:
        flux.wait_for_probe_pod("monitoring")
        assert "nothing to remove" in flux.prober("cleanup").stdout
        assert flux.probe_pods()
        assert "in namespace monitoring" in flux.prober("cleanup", "--all").stdout
    finally:
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 3, stderr


async def test_what_nobody_sweeps_vanishes_by_itself(flux: Cluster, clean: Cluster) -> None:
    import datetime

    from prober.fabric.kubernetes import Access, Settings
    from prober.fabric.kubernetes.api import Api
    from prober.fabric.kubernetes.marks import Coordinator, run_marks
    from prober.fabric.kubernetes.payload import pieces
    from prober.fabric.kubernetes.runobjects import make_run_objects
    from prober.model.probe import Plan, Probe, ProbeKind

    plan = Plan("pod/default/none", (Probe("1", ProbeKind.TCP, "198.51.100.200", 9),))
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    marks = run_marks("prober-test", Coordinator("elsewhere", 1, 1), later)
    async with await Api.open(Access(flux.kubeconfig), Settings(flux.image)) as api:
        await make_run_objects(api, "monitoring", "prober-test", pieces(plan), marks, lifetime=3)
    assert "ConfigMap/monitoring/prober-test" in flux.remains()
