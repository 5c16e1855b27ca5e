"""The table of rights as roles, one for each purpose, and their bindings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prober.fabric.kubernetes.client.resources import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    ROLE_BINDINGS,
    ROLES,
)
from prober.fabric.kubernetes.client.rights import Purpose, Scope, rights_for
from prober.fabric.kubernetes.installation.names import COORDINATOR, LABELS

NAMES: Mapping[Purpose, str] = {
    Purpose.READ: "prober-read",
    Purpose.PROBE_PODS: "prober-probe-pods",
    Purpose.AGENTS: "prober-agents",
}
"""The role of each purpose. Who installs has rights of their own."""


def role(purpose: Purpose, namespace: str) -> Mapping[str, Any]:
    """A ClusterRole, or a Role where the rights are needed in the agents' namespace only."""
    kind = ROLES if _is_local(purpose) else CLUSTER_ROLES
    rules = [
        {"apiGroups": [right.group], "resources": [right.what], "verbs": list(right.verbs)}
        for right in rights_for(purpose)
    ]
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": _metadata(purpose, namespace),
        "rules": rules,
    }


def binding(purpose: Purpose, namespace: str) -> Mapping[str, Any]:
    """Gives the role to runs in the cluster."""
    kind = ROLE_BINDINGS if _is_local(purpose) else CLUSTER_ROLE_BINDINGS
    granted = ROLES if _is_local(purpose) else CLUSTER_ROLES
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": _metadata(purpose, namespace),
        "roleRef": {"apiGroup": granted.group, "kind": granted.kind, "name": NAMES[purpose]},
        "subjects": [{"kind": "ServiceAccount", "name": COORDINATOR, "namespace": namespace}],
    }


def roles(namespace: str, purposes: Sequence[Purpose]) -> list[Mapping[str, Any]]:
    """Roles with their bindings."""
    return [make(purpose, namespace) for purpose in purposes for make in (role, binding)]


def _is_local(purpose: Purpose) -> bool:
    return all(right.scope is Scope.AGENTS for right in rights_for(purpose))


def _metadata(purpose: Purpose, namespace: str) -> dict[str, Any]:
    space = {"namespace": namespace} if _is_local(purpose) else {}
    return {"name": NAMES[purpose], **space, "labels": dict(LABELS)}
