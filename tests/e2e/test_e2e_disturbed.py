"""What happens in the middle of a run: a pod is evicted, a node goes away, the API server
restarts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from e2e_cluster import SLOW, Cluster, wait

ATTEMPTS = 15
SCENARIO = f"""\
apiVersion: prober.dev/v1alpha1
kind: Scenario
metadata: {{name: disturbed}}
checks:
  - {{name: long, from: sts/prometheus.monitoring, to: "{SLOW}", expect: timeout, attempts: {ATTEMPTS}, timeout: 1s}}
  - {{name: short, from: deploy/source-controller.flux-system, to: "tcp://github.com:443", expect: ok}}
"""
"""One vantage is busy for half a minute (a new pod runs its plan twice), when another has ended."""
BUSY, DONE = "monitoring", "flux-system"


@pytest.fixture
def running(flux: Cluster, clean: Cluster, tmp_path: Path) -> subprocess.Popen[str]:
    """A run in which one vantage has ended and the other is in the middle of its plan."""
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO)
    process = flux.start_prober("run", str(file), "--via", "pod", "-o", "json")

    def half() -> bool:
        phases = {
            pod["metadata"]["namespace"]: pod["status"].get("phase") for pod in flux.probe_pods()
        }
        return phases.get(BUSY) == "Running" and phases.get(DONE) == "Succeeded"

    wait(half, lambda: str([pod["status"] for pod in flux.probe_pods()]), 120)
    return process


def record(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What the run said in the end."""
    stdout, stderr = process.communicate(timeout=300)
    assert "Traceback" not in stderr
    assert stdout, stderr
    document: dict[str, Any] = json.loads(stdout)
    assert document["exitCode"] == process.returncode
    return document


def results(record: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["result"] for check in record["checks"]}


def of_the_busy(record: dict[str, Any]) -> dict[str, Any]:
    """The failure of the one vantage that was disturbed."""
    failures: list[dict[str, Any]] = record["failures"]
    assert {failure["vantage"] for failure in failures} == {"pod/monitoring/prometheus-0"}, failures
    return failures[0]


def test_a_probe_pod_is_evicted(running: subprocess.Popen[str], flux: Cluster) -> None:
    (pod,) = [
        entry["metadata"]["name"]
        for entry in flux.probe_pods()
        if entry["metadata"]["namespace"] == BUSY
    ]
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": BUSY},
    }
    path = f"/api/v1/namespaces/{BUSY}/pods/{pod}/eviction"
    flux.kubectl("create", "--raw", path, "-f", "-", input_text=json.dumps(eviction))
    run = record(running)
    assert run["exitCode"] == 3
    assert results(run) == {"long": "inconclusive", "short": "pass"}
    failure = of_the_busy(run)
    assert pod in failure["message"]
    assert (
        "taken off its node (EvictionByEvictionAPI)" in failure["message"]
        or "is gone" in failure["message"]
    )
    assert failure["hint"]


def test_a_node_goes_away(own: Cluster, running: subprocess.Popen[str]) -> None:
    from testbed import cluster as testbed

    testbed.stop("n2", "kubelet")
    try:
        run = record(running)
    finally:
        testbed.start("n2", "kubelet")
    assert run["exitCode"] == 3
    assert results(run) == {"long": "inconclusive", "short": "pass"}
    failure = of_the_busy(run)
    assert "198.51.100.12" in failure["message"]
    assert "the pod's node does not answer" in failure["hint"]


def test_the_api_server_restarts(own: Cluster, running: subprocess.Popen[str]) -> None:
    from testbed.control_plane import restart_api_server

    restart_api_server()
    run = record(running)
    assert not run["failures"]
    assert results(run)["short"] == "pass"
    long = next(check for check in run["checks"] if check["name"] == "long")
    assert len(long["observation"]["attempts"]) == ATTEMPTS
