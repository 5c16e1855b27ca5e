"""The namespace and the service accounts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.fabric.kubernetes.installation.names import AGENT, COORDINATOR, LABELS, labelled

_LEVELS = {
    "pod-security.kubernetes.io/enforce": "privileged",
    "pod-security.kubernetes.io/audit": "privileged",
    "pod-security.kubernetes.io/warn": "privileged",
}
"""Agents, and probe pods for nodes, are on the host network, which the stricter Pod Security
Standards do not admit."""


def namespace(name: str) -> Mapping[str, Any]:
    """The namespace of everything that is prober's own."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {**LABELS, **_LEVELS}},
    }


def service_accounts(space: str) -> list[Mapping[str, Any]]:
    """Who runs in the cluster are, and who agents are: the latter may do nothing, and have no
    token."""
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": name, "namespace": space, "labels": labelled(name)},
            "automountServiceAccountToken": False,
        }
        for name in (COORDINATOR, AGENT)
    ]
