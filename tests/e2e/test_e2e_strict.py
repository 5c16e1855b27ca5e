"""A namespace as strict as they come: restricted Pod Security, default-deny in both directions, and
a quota."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from e2e_cluster import Cluster
from e2e_workloads import responding

SPACE = "strict"
DENY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "default-deny", "namespace": SPACE},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
}


def quota(pods: int) -> dict[str, Any]:
    hard = {
        "pods": str(pods),
        "limits.cpu": "4",
        "limits.memory": "1Gi",
        "requests.cpu": "1",
        "requests.memory": "512Mi",
    }
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "quota", "namespace": SPACE},
        "spec": {"hard": hard},
    }


@pytest.fixture(scope="module")
def strict(cluster: Cluster) -> Iterator[Cluster]:
    labels = {"app": "server"}
    ports = [{"name": "http", "containerPort": 8080}]
    spec = {"nodeName": None, "containers": [{"name": "server", "ports": ports}]}
    template = {"metadata": {"labels": labels}, "spec": responding(spec, cluster.image)}
    restricted = {"pod-security.kubernetes.io/enforce": "restricted"}
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": SPACE, "labels": restricted},
        },
        DENY,
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "server", "namespace": SPACE},
            "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template},
        },
    )
    cluster.wait_ready(SPACE)
    yield cluster
    cluster.kubectl("delete", "namespace", SPACE, "--wait=false")


def test_probing_works(strict: Cluster, clean: Cluster) -> None:
    strict.apply(quota(3))
    done = strict.prober("check", f"deploy/server.{SPACE}", "tcp://203.0.113.10:443", "-o", "json")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    checks = json.loads(done.stdout)["checks"]
    assert checks
    for check in checks:
        assert check["prediction"]["verdict"] == "denied"
        assert check["verdict"] == ("leak" if strict.policy == "none" else "as-predicted")


def test_an_ephemeral_container_is_admitted(strict: Cluster, clean: Cluster) -> None:
    target = "tcp://203.0.113.10:443"
    done = strict.prober(
        "check", f"deploy/server.{SPACE}", target, "--via", "ephemeral", "-o", "json"
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert {check["observation"]["outcome"] for check in json.loads(done.stdout)["checks"]} & {
        "ok",
        "rejected",
        "timeout",
    }


def test_the_deployment_stays_at_its_count(strict: Cluster) -> None:
    status = strict.get("deployment", "server", "-n", SPACE)["status"]
    assert (status["replicas"], status["readyReplicas"]) == (2, 2)


def test_a_quota_without_room(strict: Cluster, clean: Cluster) -> None:
    strict.apply(quota(2))
    done = strict.prober("check", f"deploy/server.{SPACE}", "tcp://203.0.113.10:443")
    assert done.returncode == 3, done.stdout + done.stderr
    assert f"the quota of {SPACE} leaves no room for the probe pod" in done.stdout
    assert f"kubectl describe quota -n {SPACE}" in done.stdout + done.stderr
