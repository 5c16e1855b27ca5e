"""Policies of other languages on a cluster whose engine does not know them: of which only one kind's
CRD is there, of which none is there, and which may not be read."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_cluster import Cluster
from e2e_workloads import responding

SPACE, NARROW = "rights", "system:serviceaccount:rights:narrow"
GROUP = "ciliumnetworkpolicies.cilium.io"
SCENARIO = f"""\
apiVersion: prober.dev/v1alpha1
kind: Scenario
metadata: {{name: rights}}
defaults: {{timeout: 2s}}
checks:
  - {{name: predicted, from: pod/web.{SPACE}, to: "tcp://pod/db.{SPACE}:8080"}}
  - {{name: wanted, from: pod/db.{SPACE}, to: "tcp://pod/web.{SPACE}:8080", expect: ok}}
"""
CRD: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": GROUP},
    "spec": {
        "group": "cilium.io",
        "scope": "Namespaced",
        "names": {
            "kind": "CiliumNetworkPolicy",
            "plural": "ciliumnetworkpolicies",
            "singular": "ciliumnetworkpolicy",
        },
        "versions": [
            {
                "name": "v2",
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
OPENING: dict[str, Any] = {
    "apiVersion": "cilium.io/v2",
    "kind": "CiliumNetworkPolicy",
    "metadata": {"name": "open", "namespace": SPACE},
    "spec": {"endpointSelector": {}, "ingress": [{"fromEntities": ["all"]}]},
}


def _objects(image: str) -> list[dict[str, Any]]:
    def pod(name: str, node: str) -> dict[str, Any]:
        ports = [{"name": "http", "containerPort": 8080}]
        spec = responding({"containers": [{"name": "server", "ports": ports}]}, image)
        del spec["nodeName"]
        spec["nodeSelector"] = {"kubernetes.io/hostname": node}
        metadata = {"name": name, "namespace": SPACE, "labels": {"app": name}}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}

    groups = ["", "apps", "batch", "networking.k8s.io", "discovery.k8s.io"]
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "e2e-narrow"}}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}},
        pod("web", "n1"),
        pod("db", "n2"),
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "nobody", "namespace": SPACE},
            "spec": {"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"]},
        },
        {
            **role,
            "kind": "ClusterRole",
            "rules": [{"apiGroups": groups, "resources": ["*"], "verbs": ["*"]}],
        },
        {
            **role,
            "kind": "ClusterRoleBinding",
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "e2e-narrow",
            },
            "subjects": [{"kind": "ServiceAccount", "namespace": SPACE, "name": "narrow"}],
        },
    ]


@pytest.fixture(scope="module")
def world(cluster: Cluster) -> Iterator[Cluster]:
    """Two pods of which one admits nobody, and a CRD of Cilium's in a cluster without Cilium."""
    if cluster.policy != "kube-router":
        pytest.skip("Cilium has its own CRDs, and where nobody enforces nothing is denied")
    cluster.apply(*_objects(cluster.image))
    cluster.kubectl("wait", "pods", "--all", "-n", SPACE, "--for=condition=Ready", "--timeout=240s")
    cluster.apply(CRD)
    cluster.kubectl("wait", "crd", GROUP, "--for=condition=Established", "--timeout=60s")
    cluster.apply(OPENING)
    yield cluster
    cluster.kubectl("delete", "crd", GROUP, "--ignore-not-found")
    cluster.kubectl("delete", "clusterrole,clusterrolebinding", "e2e-narrow")
    cluster.kubectl("delete", "namespace", SPACE, "--wait=false")


def run(cluster: Cluster, folder: Path, *options: str) -> dict[str, dict[str, Any]]:
    """The checks of a run, by name."""
    file = folder / "scenario.yaml"
    file.write_text(SCENARIO)
    done = cluster.prober("run", str(file), "-o", "json", *options)
    assert done.stdout, done.stderr
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def test_a_policy_that_the_engine_does_not_know_decides_nothing(
    world: Cluster, tmp_path: Path
) -> None:
    """And of Cilium's other kinds, whose CRDs are not there, nothing is asked."""
    checks = run(world, tmp_path)
    assert checks["predicted"]["prediction"]["verdict"] == "denied"
    assert [(one["verdict"], one["result"]) for one in checks.values()] == [
        ("as-predicted", "pass")
    ] * 2
    assert not checks["predicted"]["prediction"].get("doubts")
    audited = json.loads(world.prober("audit", "-n", SPACE, "-o", "json").stdout)
    assert "policy-of-another-engine" in {finding["id"] for finding in audited["findings"]}


def test_what_may_not_be_read_leaves_denials_inconclusive(world: Cluster, tmp_path: Path) -> None:
    checks = run(world, tmp_path, "--as", NARROW)
    predicted, wanted = checks["predicted"], checks["wanted"]
    (doubt,) = predicted["prediction"]["doubts"]
    assert "CiliumNetworkPolicy (all of them: they may not be read)" in doubt
    assert (predicted["prediction"]["verdict"], predicted["result"]) == ("denied", "inconclusive")
    assert (wanted["verdict"], wanted["result"]) == ("as-predicted", "pass")


def test_a_crd_that_is_gone_is_no_doubt(world: Cluster, tmp_path: Path) -> None:
    world.kubectl("delete", "crd", GROUP)
    for _ in range(60):
        if "cilium.io" not in world.kubectl("api-versions"):
            break
        time.sleep(1)
    checks = run(world, tmp_path, "--as", NARROW)
    assert not checks["predicted"]["prediction"].get("doubts")
    assert checks["predicted"]["result"] == "pass"
