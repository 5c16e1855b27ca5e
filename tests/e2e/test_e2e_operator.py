"""Scenarios as objects: the operator on a real cluster, with its own rights, and what becomes of
its answer when a flow is closed, when it dies, when its cluster does."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_agents import installed
from e2e_cluster import Cluster, wait
from e2e_workloads import responding

EVERY = 20
"""Seconds between two runs."""
SCENARIO = {
    "apiVersion": "prober.dev/v1alpha1",
    "kind": "Scenario",
    "metadata": {"name": "shop", "namespace": "gate"},
    "every": f"{EVERY}s",
    "checks": ["deploy/web -> tcp://svc/db:5432 = ok"],
}
CLOSING = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "closed", "namespace": "gate"},
    "spec": {"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"]},
}
REPORTS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "reports.openreports.io"},
    "spec": {
        "group": "openreports.io",
        "scope": "Namespaced",
        "names": {"kind": "Report", "listKind": "ReportList", "plural": "reports"},
        "versions": [
            {
                "name": "v1alpha1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "x-kubernetes-preserve-unknown-fields": True,
                    }
                },
            }
        ],
    },
}


def workload(name: str, port: int, image: str, node: str = "") -> list[dict[str, Any]]:
    container = {"name": name, "ports": [{"containerPort": port}]}
    spec = responding({"containers": [container]}, image)
    del spec["nodeName"]
    if node:
        spec["nodeSelector"] = {"kubernetes.io/hostname": node}
    metadata = {"name": name, "namespace": "gate"}
    labels = {"app": name}
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": spec},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {"selector": labels, "ports": [{"port": port}]},
        },
    ]


@pytest.fixture(scope="module")
def operated(cluster: Cluster, coordinator: str) -> Iterator[Cluster]:
    """The cluster with the operator, agents that enter pods, and a Scenario that passes."""
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "gate"}})
    web, db = workload("web", 8080, cluster.image, "n1"), workload("db", 5432, cluster.image, "n2")
    cluster.apply(REPORTS, *web, *db)
    cluster.wait_ready("gate")
    with installed(cluster, "--operator", "--enter-pods", "--coordinator-image", coordinator):
        try:
            cluster.apply(SCENARIO)
            yield cluster
        finally:
            cluster.kubectl("delete", "scenarios", "--all", "-n", "gate")
            cluster.kubectl("delete", "namespace", "gate", "--wait=false")
            cluster.kubectl("delete", "crd", "reports.openreports.io")


def ready(cluster: Cluster, name: str = "shop") -> tuple[str, str]:
    """Status and reason of the condition."""
    status = cluster.get("scenario", name, "-n", "gate").get("status", {})
    ready_conditions = [
        condition for condition in status.get("conditions", []) if condition["type"] == "Ready"
    ]
    return (
        (ready_conditions[0]["status"], ready_conditions[0]["reason"])
        if ready_conditions
        else ("", "")
    )


def waited(cluster: Cluster, wanted: tuple[str, str], seconds: float, name: str = "shop") -> None:
    wait(lambda: ready(cluster, name) == wanted, lambda: described(cluster), seconds)


def described(cluster: Cluster) -> str:
    operator = "app.kubernetes.io/name=prober-operator"
    log = cluster.kubectl("logs", "-n", "prober-runs", "-l", operator, "--tail=20", check=False)
    return cluster.kubectl("describe", "scenarios", "-n", "gate") + log


def gate(cluster: Cluster, seconds: int) -> bool:
    """What a rollout waits for."""
    said = cluster.kubectl(
        "wait",
        "--for=condition=Ready",
        "scenario/shop",
        "-n",
        "gate",
        f"--timeout={seconds}s",
        check=False,
    )
    return "condition met" in said


def report(cluster: Cluster) -> dict[str, Any]:
    document: dict[str, Any] = cluster.get("reports.openreports.io", "prober-shop", "-n", "gate")
    return document


def events(cluster: Cluster) -> list[str]:
    """The reasons of the Scenario's Events, oldest first."""
    return [event["reason"] for event in _events(cluster)]


def last_event(cluster: Cluster, reason: str) -> str:
    """When the last Event with this reason came; empty when none did."""
    times = [str(event["lastTimestamp"]) for event in _events(cluster) if event["reason"] == reason]
    return times[-1] if times else ""


def _events(cluster: Cluster) -> list[dict[str, Any]]:
    listed = cluster.get("events", "-n", "gate", "--field-selector", "involvedObject.kind=Scenario")
    return sorted(listed["items"], key=lambda event: str(event["lastTimestamp"]))


def test_a_flow_too_many_closes_the_gate_and_opens_it_again(
    operated: Cluster, tmp_path: Path
) -> None:
    cluster = operated
    assert gate(cluster, 60), described(cluster)
    before = tmp_path / "before.yaml"
    done = cluster.prober("baseline", "save", str(before), "-n", "gate")
    assert done.returncode == 0, done.stderr
    change = tmp_path / "closing.json"
    change.write_text(json.dumps(CLOSING))
    foretold = cluster.prober("preview", "-f", str(change), "-n", "gate", "-o", "json")
    closed = [entry["to"] for entry in json.loads(foretold.stdout)["changes"]]
    assert foretold.returncode == 1
    assert "deploy/db.gate" in closed
    cluster.apply(CLOSING)
    try:
        waited(cluster, ("False", "ChecksFailed"), 2 * EVERY + 10)
        assert not gate(cluster, 2)
        diff = cluster.prober("baseline", "diff", str(before), "-o", "json")
        assert diff.returncode == 1, diff.stderr
        assert report(cluster)["summary"]["fail"] == 1
        assert "ChecksFailed" in events(cluster)
        since = cluster.prober("history", "since", "-n", "gate")
        assert since.returncode == 1
        assert "gate/deploy/web → svc/gate/db:5432/tcp" in since.stdout
    finally:
        cluster.kubectl("delete", "networkpolicy", "closed", "-n", "gate")
    assert gate(cluster, 2 * EVERY + 10), described(cluster)
    assert report(cluster)["summary"]["fail"] == 0
    reasons = events(cluster)
    assert reasons.count("ChecksFailed") == 1, "said once, however often it is run"
    changed = cluster.prober("history", "diff", "2", "1", "-n", "gate")
    assert "FAIL  →  ok" in changed.stdout, changed.stdout + changed.stderr


def test_a_request_is_heeded(operated: Cluster) -> None:
    waited(operated, ("True", "ChecksPassed"), 60)
    word = str(time.time())
    operated.kubectl(
        "annotate", "scenario", "shop", "-n", "gate", f"reconcile.fluxcd.io/requestedAt={word}"
    )

    def handled() -> bool:
        status = operated.get("scenario", "shop", "-n", "gate")["status"]
        return bool(status.get("lastHandledReconcileAt") == word)

    wait(handled, lambda: described(operated), EVERY)
    waited(operated, ("True", "ChecksPassed"), EVERY)


def test_what_is_wrong_is_said_as_validate_says_it(operated: Cluster) -> None:
    wrong = {**SCENARIO, "metadata": {"name": "wrong", "namespace": "gate"}}
    operated.apply({**wrong, "checks": ["deploy/web -> nowhere", "node/n1 -> tcp://svc/db:5432"]})
    waited(operated, ("False", "InvalidSpec"), 20, "wrong")
    text = operated.kubectl("describe", "scenario", "wrong", "-n", "gate")
    assert "there is no target named `nowhere`" in text
    assert "`node/n1` is not for Scenarios of namespace gate" in text
    operated.kubectl("delete", "scenario", "wrong", "-n", "gate")


def holder(cluster: Cluster) -> str:
    """The replica that acts: its pod's name."""
    lease = cluster.get("lease", "prober-operator", "-n", "prober-runs")
    return str(lease["spec"]["holderIdentity"]).rsplit("-", 2)[0]


def test_a_replica_that_is_killed_is_replaced(operated: Cluster) -> None:
    waited(operated, ("True", "ChecksPassed"), 60)
    first = holder(operated)
    operated.kubectl("delete", "pod", first, "-n", "prober-runs", "--force", "--grace-period=0")
    wait(lambda: holder(operated) not in ("", first), lambda: described(operated), 40)
    run = operated.get("scenario", "shop", "-n", "gate")["status"]["lastRun"]["id"]

    def ran_again() -> bool:
        status = operated.get("scenario", "shop", "-n", "gate")["status"]
        return bool(status["lastRun"]["id"] not in ("", run))

    wait(ran_again, lambda: described(operated), 2 * EVERY + 10)
    waited(operated, ("True", "ChecksPassed"), 20)


def test_without_an_operator_nothing_stays_green(operated: Cluster) -> None:
    waited(operated, ("True", "ChecksPassed"), 60)
    scale = ("scale", "deployment", "prober-operator", "-n", "prober-runs")
    operated.kubectl(*scale, "--replicas=0")
    try:
        waited(operated, ("Unknown", "OperatorStopped"), 40)
        assert not gate(operated, 2)
    finally:
        operated.kubectl(*scale, "--replicas=2")
    waited(operated, ("True", "ChecksPassed"), 60)


def test_a_node_that_is_drained_makes_it_unknown(operated: Cluster) -> None:
    waited(operated, ("True", "ChecksPassed"), 60)
    operated.kubectl("cordon", "n1")
    operated.kubectl("delete", "pods", "-n", "gate", "-l", "app=web")
    try:
        waited(operated, ("Unknown", "Inconclusive"), 2 * EVERY + 20)
    finally:
        operated.kubectl("uncordon", "n1")
    waited(operated, ("True", "ChecksPassed"), 3 * EVERY)


def test_agents_that_are_gone_make_it_unknown(operated: Cluster) -> None:
    """They were the only way into the pods: the operator may make no probe pods here."""
    waited(operated, ("True", "ChecksPassed"), 60)
    nowhere = {"spec": {"template": {"spec": {"nodeSelector": {"nowhere": "true"}}}}}
    patch = ("patch", "daemonset", "prober-agent", "-n", "prober", "--type=merge", "-p")
    operated.kubectl(*patch, json.dumps(nowhere))
    try:
        wait(lambda: ready(operated)[0] == "Unknown", lambda: described(operated), 2 * EVERY + 20)
    finally:
        back = {"spec": {"template": {"spec": {"nodeSelector": {"nowhere": None}}}}}
        operated.kubectl(*patch, json.dumps(back))
    waited(operated, ("True", "ChecksPassed"), 90)


def test_after_a_lost_api_server_it_is_stale_before_it_is_green(
    own: Cluster, operated: Cluster
) -> None:
    from testbed.control_plane import start_api_server, stop_api_server

    waited(operated, ("True", "ChecksPassed"), 60)
    stop_api_server()
    time.sleep(2 * EVERY + 35)
    start_api_server()
    # Nobody could write while it was away: the first thing that is said is that nobody knows.
    wait(lambda: "Stale" in events(operated), lambda: described(operated), 60)
    waited(operated, ("True", "ChecksPassed"), 90)
    # The times of Events are whole seconds, and the Event follows the status.
    wait(
        lambda: "" < last_event(operated, "Stale") <= last_event(operated, "ChecksPassed"),
        lambda: described(operated),
        30,
    )
