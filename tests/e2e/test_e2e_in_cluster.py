"""Runs in the cluster, as their service account with nothing but the shipped rights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_agents import installed
from e2e_cluster import Cluster, wait

SCENARIO = """\
apiVersion: prober.dev/v1alpha1
kind: Scenario
metadata: {name: in-cluster}
checks:
  - {from: deploy/source-controller.flux-system, to: "tcp://github.com:443", expect: ok}
  - {from: node/n1, to: "tcp://203.0.113.10:443", expect: ok}
"""
FAILING = (
    SCENARIO
    + """\
  - {from: node/n1, to: "tcp://203.0.113.10:9", expect: ok}
"""
)
"""Nothing listens there."""
GONE = (
    SCENARIO
    + """\
  - {from: deploy/nobody.flux-system, to: "tcp://github.com:443", expect: ok}
"""
)
"""What it starts from is not there."""


@pytest.fixture(
    scope="module", params=[(), ("--enter-pods",)], ids=["probe pods", "agents that enter pods"]
)
def ready(
    request: pytest.FixtureRequest, flux: Cluster, coordinator: str
) -> Iterator[tuple[Cluster, tuple[str, ...]]]:
    """The cluster with prober in it, and the options that it was installed with."""
    with installed(flux, *request.param):
        yield flux, (*request.param, "--coordinator-image", coordinator)


def run_objects(cluster: Cluster, options: tuple[str, ...], file: Path) -> None:
    """Apply what runs a scenario, as a person would."""
    printed = cluster.prober("manifests", *options, "--run", str(file))
    assert printed.returncode == 0, printed.stderr
    cluster.kubectl("delete", "job", "--all", "-n", "prober-runs")
    cluster.kubectl("apply", "-f", "-", input_text=printed.stdout)


def outcome(cluster: Cluster, job: str) -> str:
    """`Complete` or `Failed`, when the Job has ended."""
    types: list[str] = []

    def ended() -> bool:
        status = cluster.get("job", job, "-n", "prober-runs")["status"]
        types[:] = [
            condition["type"]
            for condition in status.get("conditions", [])
            if condition["status"] == "True"
        ]
        return bool({"Complete", "Failed"} & set(types))

    wait(ended, lambda: cluster.kubectl("describe", "pods", "-n", "prober-runs"), 120)
    return "Complete" if "Complete" in types else "Failed"


def said(cluster: Cluster, job: str) -> dict[str, Any]:
    """How the container of a Job's pod ended."""
    (pod,) = cluster.get("pods", "-n", "prober-runs", "-l", f"job-name={job}")["items"]
    ended: dict[str, Any] = pod["status"]["containerStatuses"][0]["state"]["terminated"]
    return ended


def test_a_job_runs_a_scenario(ready: tuple[Cluster, tuple[str, ...]], tmp_path: Path) -> None:
    cluster, options = ready
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO)
    run_objects(cluster, options, file)
    result = outcome(cluster, "prober-run")
    log = cluster.kubectl("logs", "-n", "prober-runs", "job/prober-run")
    assert result == "Complete", log
    assert "2 ok, 0 failed, 0 inconclusive" in log
    assert "context in-cluster" in log
    cluster.wait_until_nothing_is_left()


def test_a_cron_job_fails_visibly(ready: tuple[Cluster, tuple[str, ...]], tmp_path: Path) -> None:
    cluster, options = ready
    file = tmp_path / "scenario.yaml"
    file.write_text(FAILING)
    done = cluster.prober("install", *options, "--run", str(file), "--schedule", "0 0 1 1 *")
    assert done.returncode == 0, done.stderr
    assert "scenario.yaml will run at 0 0 1 1 *" in done.stdout
    assert not cluster.get("jobs", "-n", "prober-runs")["items"], "what ran before is still there"
    cluster.kubectl("create", "job", "--from=cronjob/prober-run", "by-hand", "-n", "prober-runs")
    assert outcome(cluster, "by-hand") == "Failed"
    ended = said(cluster, "by-hand")
    assert ended["exitCode"] == 1, ended["message"]
    assert re.search(r"FAIL +node/n1 → 203\.0\.113\.10:9/tcp +refused", ended["message"]), ended[
        "message"
    ]
    assert "2 ok, 1 failed, 0 inconclusive" in ended["message"]
    assert ended["message"].rstrip().endswith("exit 1")
    cluster.wait_until_nothing_is_left()


def test_a_cron_job_runs_when_it_is_due(
    ready: tuple[Cluster, tuple[str, ...]], tmp_path: Path
) -> None:
    cluster, options = ready
    file = tmp_path / "scenario.yaml"
    for text, result, code in ((SCENARIO, "Complete", 0), (GONE, "Failed", 2)):
        file.write_text(text)
        done = cluster.prober("install", *options, "--run", str(file), "--schedule", "* * * * *")
        assert done.returncode == 0, done.stderr
        job = due(cluster)
        cluster.kubectl("delete", "cronjob", "prober-run", "-n", "prober-runs", "--cascade=orphan")
        assert outcome(cluster, job) == result
        assert said(cluster, job)["exitCode"] == code
        cluster.kubectl("delete", "job", job, "-n", "prober-runs")
    cluster.wait_until_nothing_is_left()


def due(cluster: Cluster) -> str:
    """The Job that the schedule starts, which is due within a minute."""
    names: list[str] = []

    def started() -> bool:
        jobs = cluster.get("jobs", "-n", "prober-runs")["items"]
        # Not one that somebody made from the CronJob by hand.
        names[:] = [
            name for job in jobs if (name := job["metadata"]["name"]).startswith("prober-run-")
        ]
        return bool(names)

    wait(started, lambda: cluster.kubectl("describe", "cronjob", "-n", "prober-runs"), 180)
    return names[0]
