"""Nine pods in three namespaces, and policies of every shape between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from e2e_workloads import responding

SPACES = ("shape-x", "shape-y", "shape-z")
NAMES = ("a", "b", "c")
_PORTS = (
    {"name": "tcp-80", "containerPort": 80, "protocol": "TCP"},
    {"name": "tcp-81", "containerPort": 81, "protocol": "TCP"},
    {"name": "udp-80", "containerPort": 80, "protocol": "UDP"},
    {"name": "udp-81", "containerPort": 81, "protocol": "UDP"},
)
CHECKS = len(SPACES) * len(NAMES) * (len(SPACES) * len(NAMES) - 1) * len(_PORTS)
"""Pairs of different pods, and ports: a pod and itself is no question for a pod that stands for it."""

Policy = Mapping[str, Any]


def pods(image: str) -> list[dict[str, Any]]:
    """The namespaces and the pods; each pod listens on two ports of both protocols."""
    objects: list[dict[str, Any]] = []
    for space in SPACES:
        team = {"team": space.removeprefix("shape-")}
        objects.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space, "labels": team}})
        for name in NAMES:
            spec = responding({"containers": [{"name": "server", "ports": _PORTS}]}, image)
            metadata = {"name": name, "namespace": space, "labels": {"pod": name}}
            objects.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    return objects


def policy(name: str, spec: Mapping[str, Any], space: str = SPACES[0]) -> Policy:
    """A policy in a namespace; it selects every pod there unless it says otherwise."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": space},
        "spec": {"podSelector": {}, **spec},
    }


def _team(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"team": name}}}


def _pod(name: str) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": {"pod": name}}}


def _one_of(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, **({"values": list(values)} if values else {})}]}


SHAPES: Mapping[str, Sequence[Policy]] = {
    "deny-ingress": [policy("deny", {"policyTypes": ["Ingress"]})],
    "deny-both": [policy("deny", {"policyTypes": ["Ingress", "Egress"]})],
    "same-namespace-or-a-team": [policy("some", {"ingress": [{"from": [{"podSelector": {}}, _team("y")]}]})],
    "a-pod-of-a-team": [policy("some", {**_pod("a"), "ingress": [{"from": [{**_team("y"), **_pod("b")}]}]})],
    "a-pod-or-a-team": [policy("some", {"ingress": [{"from": [_team("y"), _pod("b")]}]})],
    "expressions": [
        policy(
            "some",
            {
                "podSelector": _one_of("pod", "In", "a", "b"),
                "ingress": [{"from": [{"namespaceSelector": _one_of("team", "NotIn", "z")}]}],
            },
        )
    ],
    "one-port-of-one-protocol": [policy("some", {"ingress": [{"ports": [{"protocol": "UDP", "port": 81}]}]})],
    "named-port": [policy("some", {"ingress": [{"from": [_team("z")], "ports": [{"port": "tcp-81"}]}]})],
    "port-range": [policy("some", {"ingress": [{"ports": [{"port": 80, "endPort": 81}]}]})],
    "every-port-of-a-protocol": [policy("some", {"ingress": [{"ports": [{"protocol": "TCP"}]}]})],
    "egress-to-a-team-and-port": [
        policy("some", {"policyTypes": ["Egress"], "egress": [
            {"to": [_team("y")], "ports": [{"port": 80}, {"protocol": "UDP", "port": 81}]},
        ]}),
    ],
    "a-union-of-both-directions": [
        policy("deny", {"policyTypes": ["Ingress", "Egress"]}, "shape-y"),
        policy("in", {**_pod("a"), "ingress": [{"from": [{"namespaceSelector": {}}]}]}, "shape-y"),
        policy("in-too", {"ingress": [{"from": [_team("x")], "ports": [{"port": 81}]}]}, "shape-y"),
        policy("out", {**_pod("b"), "policyTypes": ["Egress"], "egress": [{}]}, "shape-y"),
    ],
}  # fmt: skip
"""By a word for what is special about them. All select pods of the first namespace unless they name another."""
