"""Nine pods that speak TCP and UDP, with policies among them; and agents, installed for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from e2e_cluster import Cluster
from e2e_workloads import responding

SPACES = ("nine-a", "nine-b", "nine-c")
"""As the peers' test worlds have it: three namespaces of three pods."""
PORTS = (8080, 8081)


def nine_pods(image: str) -> list[dict[str, Any]]:
    """Pods a, b and c in each of three namespaces, on alternating nodes, each with two ports over
    TCP and UDP."""
    objects: list[dict[str, Any]] = []
    for space in SPACES:
        objects.append(
            {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": space, "labels": {"ns": space}},
            }
        )
        objects += [_pod(space, name, image) for name in "abc"]
    return [*objects, *_policies()]


def _pod(space: str, name: str, image: str) -> dict[str, Any]:
    ports = [
        {"name": f"{protocol.lower()}-{port}", "containerPort": port, "protocol": protocol}
        for port in PORTS
        for protocol in ("TCP", "UDP")
    ]
    spec = responding({"containers": [{"name": "server", "ports": ports}]}, image)
    number = SPACES.index(space) * 3 + "abc".index(name)
    spec["nodeSelector"] = {"kubernetes.io/hostname": f"n{number % 2 + 1}"}
    del spec["nodeName"]
    metadata = {"name": name, "namespace": space, "labels": {"pod": name}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _policies() -> list[dict[str, Any]]:
    return [
        _policy("nine-a", "deny-in", {}, ingress=[]),
        _policy(
            "nine-a",
            "a-from-b",
            {"pod": "a"},
            ingress=[
                {
                    "from": [{"namespaceSelector": {"matchLabels": {"ns": "nine-b"}}}],
                    "ports": [{"port": 8080}],
                }
            ],
        ),
        _policy(
            "nine-b",
            "b-out",
            {"pod": "b"},
            egress=[{"to": [{"podSelector": {}}], "ports": [{"port": 8081, "protocol": "UDP"}]}],
        ),
        _policy(
            "nine-c",
            "c-in",
            {"pod": "c"},
            ingress=[
                {"from": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"pod": "a"}}}]}
            ],
        ),
    ]


def _policy(space: str, name: str, labels: dict[str, str], **rules: Any) -> dict[str, Any]:
    kinds = [kind.capitalize() for kind in rules]
    spec = {"podSelector": {"matchLabels": labels}, "policyTypes": kinds, **rules}
    metadata = {"name": name, "namespace": space}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata,
        "spec": spec,
    }


@contextmanager
def installed(cluster: Cluster, *options: str) -> Iterator[None]:
    """The agents, for a while."""
    try:
        done = cluster.prober("install", *options)
        assert done.returncode == 0, done.stderr
        assert "agents are ready" in done.stdout
        yield
    finally:
        done = cluster.prober("uninstall")
        assert done.returncode == 0, done.stderr
