"""Asking those who drop packets, on a real cluster: the policy engine, and the kernels of the nodes.

A probe that is not answered, or is rejected, becomes a sentence of whoever did it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from e2e_agents import installed
from e2e_cluster import Cluster
from test_e2e_why import client, namespace, policy, server, service

DNS = {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}
INGRESS, EGRESS = "ask-ingress", "ask-egress"
ENGINES = {"kube-router": "kube-router", "cilium": "Cilium"}


@pytest.fixture(scope="module")
def asked(cluster: Cluster) -> Iterator[Cluster]:
    """Two worlds in which a policy keeps `api` from `db`, and agents that enter pods."""
    if cluster.policy not in ENGINES:
        pytest.skip("nothing enforces policies here")
    url, image = "http://db:8080/", cluster.image
    worlds = [
        part
        for space in (INGRESS, EGRESS)
        for part in (
            namespace(space),
            server(space, image),
            service(space),
            client(space, url, image, well=True),
        )
    ]
    cluster.apply(
        *worlds,
        policy(INGRESS, "db", "Ingress", [{"ports": [{"port": 9999}]}]),
        policy(EGRESS, "api", "Egress", [DNS, {"ports": [{"port": 9999}]}]),
    )
    for space in (INGRESS, EGRESS):
        cluster.wait_ready(space)
    with installed(cluster, "--enter-pods"):
        yield cluster
    for space in (INGRESS, EGRESS):
        cluster.kubectl("delete", "namespace", space, "--wait=false", check=False)


def answer(cluster: Cluster, space: str, *options: str) -> dict[str, Any]:
    line = "Cannot connect to host db:8080 ssl:default [Connect call failed ('198.19.0.9', 8080)]"
    done = cluster.prober(
        "why", line, "-n", space, "--from", "deploy/api", "-o", "json", "--ask-engine", *options
    )
    assert done.returncode == 1, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def node_of(cluster: Cluster, space: str, app: str) -> str:
    pods = cluster.get("pods", "-n", space, "-l", f"app={app}")["items"]
    node: str = pods[0]["spec"]["nodeName"]
    return node


@pytest.mark.parametrize(
    ("space", "direction", "name"),
    [(INGRESS, "ingress", "db-ingress"), (EGRESS, "egress", "api-egress")],
)
def test_the_engine_says_which_policy_dropped_it(
    asked: Cluster, space: str, direction: str, name: str
) -> None:
    said = answer(asked, space)["engines"]
    engine = [word for word in said["said"] if word["by"] == ENGINES[asked.policy]]
    assert engine, said
    app = "db" if direction == "ingress" else "api"
    assert engine[0]["node"] == node_of(asked, space, app)
    assert engine[0]["direction"] == direction
    assert engine[0]["policies"] == [f"{space}/{name}"]


def test_the_kernel_has_a_reason(asked: Cluster) -> None:
    """kube-router rejects in netfilter; Cilium's programs sit in tc."""
    said = answer(asked, INGRESS)["engines"]
    kernels = [word for word in said["said"] if word["by"] == "kernel"]
    assert kernels, said
    wanted = "netfilter" if asked.policy == "kube-router" else "eBPF"
    assert any(wanted in word["what"] for word in kernels), kernels


def test_nobody_is_asked_unless_it_is_said(asked: Cluster) -> None:
    line = "Cannot connect to host db:8080 ssl:default [Connect call failed ('198.19.0.9', 8080)]"
    done = asked.prober("why", line, "-n", INGRESS, "--from", "deploy/api", "-o", "json")
    assert json.loads(done.stdout)["engines"] == {"said": [], "unasked": []}
