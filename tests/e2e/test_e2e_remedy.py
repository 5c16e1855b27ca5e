"""Fixes, evidence, audit and mitigation on a real cluster: what is offered works, and what was done
is undone."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from e2e_cluster import Cluster

SCENARIO = str(Path(__file__).parents[2] / "scenarios" / "flux.yaml")
CHECK = ("check", "deploy/source-controller.flux-system", "tcp://github.com:22")
DENY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "everything", "namespace": "monitoring"},
    "spec": {"podSelector": {}, "policyTypes": ["Egress"]},
}


@pytest.fixture
def enforced(flux: Cluster) -> Cluster:
    if flux.policy == "none":
        pytest.skip("nobody enforces, so nothing is to be mended")
    return flux


def test_a_fix_is_applied_to_what_was_tried_and_taken_back(
    enforced: Cluster, tmp_path: Path
) -> None:
    before = policies(enforced)
    state = {"XDG_STATE_HOME": str(tmp_path)}
    bundle = tmp_path / "ticket.tar.gz"
    assert enforced.prober(*CHECK, **state).returncode == 1
    assert enforced.prober("evidence", str(bundle), **state).returncode == 0
    shown = enforced.prober("fix", "1", "--diff", **state)
    assert "port: 22\n" in shown.stdout, shown.stderr
    assert policies(enforced) == before
    applied = enforced.prober("fix", "1", "--apply", "--yes", **state)
    assert applied.returncode == 0, applied.stderr
    try:
        assert enforced.prober(*CHECK, **state).returncode == 0
    finally:
        undone = enforced.prober("fix", "1", "--undo", "--yes", **state)
    assert undone.returncode == 0, undone.stderr
    assert policies(enforced) == before
    _holds_what_a_ticket_needs(bundle)


def policies(cluster: Cluster) -> dict[str, object]:
    """What Flux's policies say, by name."""
    items = cluster.get("networkpolicy", "-n", "flux-system")["items"]
    return {item["metadata"]["name"]: item["spec"] for item in items}


def _holds_what_a_ticket_needs(bundle: Path) -> None:
    with tarfile.open(bundle) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "README.md",
        "run.json",
        "wire.txt",
        "events.txt",
        "versions.txt",
        "components.txt",
    } <= names
    assert {"objects/networkpolicy.yaml", "objects/pod.yaml", "objects/node.yaml"} <= names
    assert any(name.startswith("logs/") for name in names), names


def test_an_audit_reads_the_cluster(flux: Cluster) -> None:
    done = flux.prober(
        "audit", "-n", "flux-system", "-n", "monitoring", "-o", "json", "--fail-on", "never"
    )
    assert done.returncode == 0, done.stderr
    audit = json.loads(done.stdout)
    reported = {(finding["id"], finding["object"]["name"]) for finding in audit["findings"]}
    assert ("default-deny-missing", "monitoring") in reported
    assert audit["coverage"]["policies"] >= 3


def test_a_mitigation_gives_back_dns_and_goes_again(enforced: Cluster) -> None:
    enforced.apply(DENY)
    try:
        made = enforced.prober("mitigate", "dns", "-n", "monitoring", "--apply", "--yes")
        assert "gives dns back to monitoring/prometheus" in made.stdout, made.stderr
        asked = enforced.prober("check", "sts/prometheus.monitoring", "dns://github.com")
        assert asked.returncode == 0, asked.stdout + asked.stderr
    finally:
        undone = enforced.prober("mitigate", "--undo", "--yes")
        enforced.kubectl("delete", "networkpolicy", "everything", "-n", "monitoring")
    assert undone.returncode == 0, undone.stderr
    assert not enforced.get("networkpolicy", "-A", "-l", "prober.dev/temporary=true")["items"]
