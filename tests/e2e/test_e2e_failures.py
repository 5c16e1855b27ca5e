"""What can go wrong in a cluster: a clear sentence, the next step, exit code 3, and nothing left
behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from e2e_cluster import Cluster

CHECK = ("check", "sts/prometheus.monitoring", "tcp://deploy/source-controller.flux-system:8080")


def test_an_image_that_cannot_be_pulled(flux: Cluster, clean: Cluster) -> None:
    done = flux.prober(*CHECK, "--image", "localhost:1/no-such-image:1")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "localhost:1/no-such-image:1 cannot be pulled" in done.stdout
    assert "check --image" in done.stdout + done.stderr


def test_an_image_that_is_not_the_agent(own: Cluster, flux: Cluster, clean: Cluster) -> None:
    done = flux.prober(*CHECK, "--image", "testbed.local/coredns:1")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "testbed.local/coredns:1 would run as root" in done.stdout
    assert "--image must name an image of prober's agent" in done.stdout


def test_a_service_account_without_rights(flux: Cluster, clean: Cluster) -> None:
    done = flux.prober(*CHECK, "--as", "system:serviceaccount:default:nobody")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "not allowed to list " in done.stderr
    assert "kubectl auth can-i list " in done.stderr
    assert "Traceback" not in done.stderr


def test_rights_to_read_but_not_to_create_pods(flux: Cluster, clean: Cluster) -> None:
    group, name = "rbac.authorization.k8s.io", "e2e-reader"
    version = {"apiVersion": f"{group}/v1", "metadata": {"name": name}}
    rule = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}
    role = {"apiGroup": group, "kind": "ClusterRole", "name": name}
    reader = {"kind": "ServiceAccount", "namespace": "default", "name": "reader"}
    flux.apply(
        {**version, "kind": "ClusterRole", "rules": [rule]},
        {**version, "kind": "ClusterRoleBinding", "roleRef": role, "subjects": [reader]},
    )
    done = flux.prober(*CHECK, "--as", "system:serviceaccount:default:reader")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "not allowed to create " in done.stdout
    assert "in namespace monitoring" in done.stdout


def test_an_api_server_that_does_not_answer(cluster: Cluster, tmp_path: Path) -> None:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "dead",
        "clusters": [{"name": "dead", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "dead", "user": {"token": "x"}}],
        "contexts": [{"name": "dead", "context": {"cluster": "dead", "user": "dead"}}],
    }
    file = tmp_path / "config"
    file.write_text(json.dumps(config))
    done = cluster.prober(*CHECK, "--kubeconfig", str(file))
    assert done.returncode == 3
    assert "the API server https://127.0.0.1:1 of context dead cannot be reached" in done.stderr
    assert "--lab" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kubeconfig", "{missing}"), "there is no kubeconfig at {missing}"),
        (("--context", "nowhere"), "the kubeconfig cannot be used"),
    ],
)
def test_no_cluster_to_go_to(
    cluster: Cluster, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    missing = tmp_path / "no-kubeconfig"
    done = cluster.prober(*CHECK, *(argument.format(missing=missing) for argument in arguments))
    assert done.returncode == 3
    assert said.format(missing=missing) in done.stderr
    assert "add --lab" in done.stderr


def test_no_image_is_named(cluster: Cluster) -> None:
    done = cluster.prober(*CHECK, PROBER_IMAGE="")
    assert done.returncode == 2
    assert "PROBER_IMAGE" in done.stderr
