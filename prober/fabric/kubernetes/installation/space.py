"""PURE. The namespaces and the service accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.fabric.kubernetes.installation.names import (
    AGENT,
    COORDINATOR,
    LABELS,
    Choices,
    labelled,
)

_LEVEL = "pod-security.kubernetes.io/"
_MODES = ("enforce", "audit", "warn")


def namespace(name: str, level: str = "privileged") -> Mapping[str, Any]:
    """A namespace of prober's own, with the Pod Security Standard that its pods meet.

    Agents, and probe pods for nodes, are on the host network, which only `privileged` admits; runs
    meet the `restricted` one.
    """
    levels = {f"{_LEVEL}{mode}": level for mode in _MODES}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {**LABELS, **levels}},
    }


def namespaces(choices: Choices) -> list[Mapping[str, Any]]:
    """That of the agents, and that of runs."""
    return [namespace(choices.namespace), namespace(choices.runs_namespace, "restricted")]


def service_accounts(choices: Choices) -> list[Mapping[str, Any]]:
    """Who runs in the cluster are, and who agents are: the latter may do nothing, and have no
    token."""
    accounts = ((COORDINATOR, choices.runs_namespace), (AGENT, choices.namespace))
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": name, "namespace": space, "labels": labelled(name)},
            "automountServiceAccountToken": False,
        }
        for name, space in accounts
    ]
