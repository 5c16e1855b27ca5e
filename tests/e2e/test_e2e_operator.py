"""Scenarios as objects: the operator on a real cluster, with its own rights, and what becomes of
its answer when a flow is closed, when it dies, when its cluster does."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e_agents import installed
from e2e_cluster import Cluster, wait
from e2e_operator import (
    CLOSING,
    EVERY,
    SCENARIO,
    SOON,
    agent_metric,
    assignment,
    described,
    events,
    gate,
    holder,
    last_event,
    metric,
    page,
    ready,
    report,
    report_kinds,
    waited,
    workload,
)


@pytest.fixture(scope="module")
def operated(cluster: Cluster, coordinator: str) -> Iterator[Cluster]:
    """The cluster with the operator, agents that enter pods, and a Scenario that passes."""
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "gate"}})
    web, db = workload("web", 8080, cluster.image, "n1"), workload("db", 5432, cluster.image, "n2")
    cluster.apply(*report_kinds(), *web, *db)
    cluster.wait_ready("gate")
    chosen = ("--operator", "--mesh", "--enter-pods", "--coordinator-image", coordinator)
    with installed(cluster, *chosen):
        try:
            cluster.apply(SCENARIO)
            yield cluster
        finally:
            cluster.kubectl("delete", "scenarios", "--all", "-n", "gate")
            cluster.kubectl("delete", "namespace", "gate", "--wait=false")
            cluster.kubectl("delete", "crd", "reports.openreports.io")


def test_a_flow_too_many_closes_the_gate_and_opens_it_again(
    operated: Cluster, tmp_path: Path
) -> None:
    cluster = operated
    assert gate(cluster, SOON), described(cluster)
    wait(lambda: metric(cluster) == "1.0", lambda: described(cluster), EVERY)
    before = tmp_path / "before.yaml"
    done = cluster.prober("baseline", "save", str(before), "-n", "gate")
    assert done.returncode == 0, done.stderr
    change = tmp_path / "closing.json"
    change.write_text(json.dumps(CLOSING))
    foretold = cluster.prober("preview", "-f", str(change), "-n", "gate", "-o", "json")
    closed = [entry["to"] for entry in json.loads(foretold.stdout)["changes"]]
    assert foretold.returncode == 1
    assert "deploy/db.gate" in closed
    with page(cluster) as shown:
        wait(lambda: "All is well" in shown(), shown, 60)
        closed_and_opened_again(cluster, before, shown)
    assert report(cluster)["summary"]["fail"] == 0
    reasons = events(cluster)
    assert reasons.count("ChecksFailed") == 1, "said once, however often it is run"
    changed = cluster.prober("history", "diff", "2", "1", "-n", "gate")
    assert "FAIL  →  ok" in changed.stdout, changed.stdout + changed.stderr


def closed_and_opened_again(cluster: Cluster, before: Path, shown: Callable[[], str]) -> None:
    """Condition, Event, report, metric and page change with the policy, both ways."""
    cluster.apply(CLOSING)
    try:
        waited(cluster, ("False", "ChecksFailed"), 2 * EVERY + 10)
        wait(lambda: metric(cluster) == "0.0", lambda: described(cluster), EVERY)
        wait(lambda: "Not as expected" in shown(), shown, EVERY)
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
    wait(lambda: metric(cluster) == "1.0", lambda: described(cluster), EVERY)
    wait(lambda: "All is well" in shown(), shown, EVERY)


def test_the_audit_is_reports_too(operated: Cluster) -> None:
    audited = operated.prober("audit", "-n", "gate", "-o", "openreports")
    operated.kubectl("apply", "--validate=strict", "-f", "-", input_text=audited.stdout)
    listed = operated.get("reports.openreports.io", "-n", "gate")["items"]
    assert len(listed) >= 2, "the run's, and the audit's"


def test_agents_repeat_the_check_without_the_operator(operated: Cluster) -> None:
    """The operator is away: what the agents say follows the policies all the same, and a node that
    is cordoned says nothing any more."""
    waited(operated, ("True", "ChecksPassed"), SOON)
    address = operated.get("node", "n1")["status"]["addresses"][0]["address"]

    def told(wanted: str, seconds: float) -> None:
        wait(lambda: agent_metric(address) == wanted, lambda: assignment(operated), seconds)

    told("1.0", 240)  # a kubelet may take a minute for the assignment, and a round is half of one
    scale = ("scale", "deployment", "prober-operator", "-n", "prober-runs")
    operated.kubectl(*scale, "--replicas=0")
    try:
        waited(operated, ("Unknown", "OperatorStopped"), SOON)
        operated.apply(CLOSING)
        try:
            told("0.0", SOON)
        finally:
            operated.kubectl("delete", "networkpolicy", "closed", "-n", "gate")
        told("1.0", SOON)
    finally:
        operated.kubectl(*scale, "--replicas=2")
    waited(operated, ("True", "ChecksPassed"), SOON)
    operated.kubectl("cordon", "n1")
    try:
        told("", 240)
    finally:
        operated.kubectl("uncordon", "n1")


def test_a_request_is_heeded(operated: Cluster) -> None:
    waited(operated, ("True", "ChecksPassed"), SOON)
    word = str(time.time())
    operated.kubectl(
        "annotate", "scenario", "shop", "-n", "gate", f"reconcile.fluxcd.io/requestedAt={word}"
    )

    def handled() -> bool:
        status = operated.get("scenario", "shop", "-n", "gate")["status"]
        return bool(status.get("lastHandledReconcileAt") == word)

    wait(handled, lambda: described(operated), SOON)
    waited(operated, ("True", "ChecksPassed"), SOON)


def test_a_new_object_is_not_ready_before_it_was_run(operated: Cluster) -> None:
    """kstatus, by which Flux waits, takes an object without a status for one that is well."""
    operated.kubectl("scale", "deployment", "prober-operator", "-n", "prober-runs", "--replicas=0")
    try:
        operated.apply({**SCENARIO, "metadata": {"name": "new", "namespace": "gate"}})
        new = operated.get("scenario", "new", "-n", "gate")
        assert new["status"] == {"observedGeneration": -1}
        assert new["metadata"]["generation"] == 1
    finally:
        operated.kubectl(
            "scale", "deployment", "prober-operator", "-n", "prober-runs", "--replicas=2"
        )
    waited(operated, ("True", "ChecksPassed"), SOON, "new")
    ran = operated.get("scenario", "new", "-n", "gate")["status"]
    assert ran["observedGeneration"] == 1
    operated.kubectl("delete", "scenario", "new", "-n", "gate")


def test_what_is_wrong_is_said_as_validate_says_it(operated: Cluster) -> None:
    wrong = {**SCENARIO, "metadata": {"name": "wrong", "namespace": "gate"}}
    operated.apply({**wrong, "checks": ["deploy/web -> nowhere", "node/n1 -> tcp://svc/db:5432"]})
    waited(operated, ("False", "InvalidSpec"), SOON, "wrong")
    text = operated.kubectl("describe", "scenario", "wrong", "-n", "gate")
    assert "there is no target named `nowhere`" in text
    assert "`node/n1` is not for Scenarios of namespace gate" in text
    operated.kubectl("delete", "scenario", "wrong", "-n", "gate")


def test_a_replica_that_is_killed_is_replaced(operated: Cluster) -> None:
    waited(operated, ("True", "ChecksPassed"), SOON)
    first = holder(operated)
    operated.kubectl("delete", "pod", first, "-n", "prober-runs", "--force", "--grace-period=0")
    wait(lambda: holder(operated) not in ("", first), lambda: described(operated), SOON)
    run = operated.get("scenario", "shop", "-n", "gate")["status"]["lastRun"]["id"]

    def ran_again() -> bool:
        status = operated.get("scenario", "shop", "-n", "gate")["status"]
        return bool(status["lastRun"]["id"] not in ("", run))

    wait(ran_again, lambda: described(operated), SOON)
    waited(operated, ("True", "ChecksPassed"), SOON)


def test_without_an_operator_nothing_stays_green(operated: Cluster) -> None:
    waited(operated, ("True", "ChecksPassed"), SOON)
    scale = ("scale", "deployment", "prober-operator", "-n", "prober-runs")
    operated.kubectl(*scale, "--replicas=0")
    try:
        waited(operated, ("Unknown", "OperatorStopped"), SOON)
        assert not gate(operated, 2)
    finally:
        operated.kubectl(*scale, "--replicas=2")
    waited(operated, ("True", "ChecksPassed"), SOON)


def test_a_node_that_is_drained_makes_it_unknown(operated: Cluster) -> None:
    waited(operated, ("True", "ChecksPassed"), SOON)
    operated.kubectl("cordon", "n1")
    operated.kubectl("delete", "pods", "-n", "gate", "-l", "app=web")
    try:
        waited(operated, ("Unknown", "Inconclusive"), SOON)
    finally:
        operated.kubectl("uncordon", "n1")
    waited(operated, ("True", "ChecksPassed"), SOON)


def test_agents_that_are_gone_make_it_unknown(operated: Cluster) -> None:
    """They were the only way into the pods: the operator may make no probe pods here."""
    waited(operated, ("True", "ChecksPassed"), SOON)
    nowhere = {"spec": {"template": {"spec": {"nodeSelector": {"nowhere": "true"}}}}}
    patch = ("patch", "daemonset", "prober-agent", "-n", "prober", "--type=merge", "-p")
    operated.kubectl(*patch, json.dumps(nowhere))
    try:
        wait(lambda: ready(operated)[0] == "Unknown", lambda: described(operated), SOON)
    finally:
        back = {"spec": {"template": {"spec": {"nodeSelector": {"nowhere": None}}}}}
        operated.kubectl(*patch, json.dumps(back))
    waited(operated, ("True", "ChecksPassed"), SOON)


def test_after_a_lost_api_server_it_is_stale_before_it_is_green(
    own: Cluster, operated: Cluster
) -> None:
    from testbed.control_plane import start_api_server, stop_api_server

    waited(operated, ("True", "ChecksPassed"), SOON)
    before = last_event(operated, "Stale")
    stop_api_server()
    time.sleep(2 * EVERY + 35)
    start_api_server()
    # Nobody could write while it was away: the first thing that is said is that nobody knows.
    wait(lambda: last_event(operated, "Stale") > before, lambda: described(operated), SOON)
    waited(operated, ("True", "ChecksPassed"), SOON)
    # The times of Events are whole seconds, and the Event follows the status.
    wait(
        lambda: "" < last_event(operated, "Stale") <= last_event(operated, "ChecksPassed"),
        lambda: described(operated),
        SOON,
    )
