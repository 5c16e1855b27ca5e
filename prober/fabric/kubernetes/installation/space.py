"""PURE. The namespaces and the service accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.fabric.kubernetes.installation.names import COORDINATOR, Choices, labelled
from prober.fabric.kubernetes.labels import AGENT_NAME
from prober.fabric.kubernetes.probe_pods.namespaces import namespace


def namespaces(choices: Choices) -> list[Mapping[str, Any]]:
    """That of the agents, and that of runs."""
    return [namespace(choices.namespace), namespace(choices.runs_namespace, "restricted")]


def service_accounts(choices: Choices) -> list[Mapping[str, Any]]:
    """Who runs in the cluster are, and who agents are: the latter may do nothing, and have no
    token."""
    accounts = ((COORDINATOR, choices.runs_namespace), (AGENT_NAME, choices.namespace))
    return [service_account(name, space) for name, space in accounts]


def service_account(name: str, namespace: str) -> Mapping[str, Any]:
    """One; pods that need its token say so."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name, "namespace": namespace, "labels": labelled(name)},
        "automountServiceAccountToken": False,
    }
