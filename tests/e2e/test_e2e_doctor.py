"""What `prober doctor` says of a real cluster."""

from __future__ import annotations

import json
from typing import Any

from e2e_cluster import Cluster


def rows(stdout: str) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in json.loads(stdout)["checks"]}


def test_a_cluster_that_is_ready(cluster: Cluster) -> None:
    done = cluster.prober("doctor", "-n", "default", "-o", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    checks = rows(done.stdout)
    assert checks["API server"]["message"].startswith("v1.")
    assert checks["clock"]["state"] == "ok"
    assert {entry["state"] for name, entry in checks.items() if name.startswith("rights")} == {"ok"}
    assert checks["nodes"]["message"] == "2 ready"
    engine = {"cilium": "Cilium", "kube-router": "kube-router"}.get(cluster.policy)
    wanted = f"{engine} enforces NetworkPolicies" if engine else "no engine that is known"
    assert checks["policy engine"]["message"].startswith(wanted)
    assert checks["policy engine"]["state"] == ("ok" if engine else "unknown")


def test_rights_that_are_missing_are_named(cluster: Cluster) -> None:
    done = cluster.prober("doctor", "--as", "system:serviceaccount:default:nobody")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAIL   rights to read" in done.stdout
    assert done.stdout.rstrip().endswith("exit 1")
    assert "namespaces (list)" in done.stdout
    assert "Traceback" not in done.stderr
