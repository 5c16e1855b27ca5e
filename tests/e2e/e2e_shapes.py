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
"""Pairs of different pods, and ports: a pod and itself is no question for a pod that stands for
it."""

Policy = Mapping[str, Any]


def pods(image: str) -> list[dict[str, Any]]:
    """The namespaces and the pods; each pod listens on two ports of both protocols."""
    objects: list[dict[str, Any]] = []
    for space in SPACES:
        team = {"team": space.removeprefix("shape-")}
        objects.append(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space, "labels": team}}
        )
        for name in NAMES:
            spec = responding({"containers": [{"name": "server", "ports": _PORTS}]}, image)
            metadata = {"name": name, "namespace": space, "labels": {"pod": name}}
            objects.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    return objects


def policy(space: str, spec: Mapping[str, Any], name: str = "some") -> Policy:
    """A policy in a namespace; it selects every pod there unless it says otherwise."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": f"shape-{space}"},
        "spec": {"podSelector": {}, **spec},
    }


def _team(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"team": name}}}


def _pod(name: str) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": {"pod": name}}}


def _one_of(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


_DENY_INGRESS = policy("x", {"policyTypes": ["Ingress"]})
_DENY_EGRESS = policy("y", {"policyTypes": ["Egress"]})
_DENY_BOTH = policy("z", {"policyTypes": ["Ingress", "Egress"]})
_NAMESPACE_OR_TEAM = policy("x", {"ingress": [{"from": [{"podSelector": {}}, _team("y")]}]})
_POD_OF_TEAM = policy("y", {**_pod("a"), "ingress": [{"from": [{**_team("x"), **_pod("b")}]}]})
_POD_OR_TEAM = policy("z", {"ingress": [{"from": [_team("x"), _pod("b")]}]})
_NAMED_PORT = policy("x", {"ingress": [{"from": [_team("z")], "ports": [{"port": "tcp-81"}]}]})
_ONE_PORT_OF_UDP = policy("y", {"ingress": [{"ports": [{"protocol": "UDP", "port": 81}]}]})
_PORT_RANGE = policy("z", {"ingress": [{"ports": [{"port": 80, "endPort": 81}]}]})
_EXPRESSIONS = policy(
    "x",
    {
        "podSelector": _one_of("pod", "In", "a", "b"),
        "ingress": [
            {
                "from": [{"namespaceSelector": _one_of("team", "NotIn", "z")}],
                "ports": [{"protocol": "TCP"}],
            }
        ],
    },
)
_UNION = (
    policy("y", {"policyTypes": ["Ingress", "Egress"]}, "deny"),
    policy("y", {**_pod("a"), "ingress": [{"from": [{"namespaceSelector": {}}]}]}, "in"),
    policy("y", {"ingress": [{"from": [_team("x")], "ports": [{"port": 81}]}]}, "in-too"),
    policy("y", {**_pod("b"), "policyTypes": ["Egress"], "egress": [{}]}, "out"),
)
_EGRESS_TO_TEAM = policy(
    "z",
    {
        "policyTypes": ["Egress"],
        "egress": [{"to": [_team("x")], "ports": [{"port": 80}, {"protocol": "UDP", "port": 81}]}],
    },
)

SHAPES: Mapping[str, Sequence[Policy]] = {
    "denials": (_DENY_INGRESS, _DENY_EGRESS, _DENY_BOTH),
    "peers": (_NAMESPACE_OR_TEAM, _POD_OF_TEAM, _POD_OR_TEAM),
    "ports": (_NAMED_PORT, _ONE_PORT_OF_UDP, _PORT_RANGE),
    "unions": (_EXPRESSIONS, *_UNION, _EGRESS_TO_TEAM),
}
"""Three shapes at once, one a namespace: each matrix is read whole, so nothing of a shape is lost,
and time is won."""
