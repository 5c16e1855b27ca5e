"""PURE. The table of rights as roles, one for each purpose, and their bindings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.fabric.kubernetes.client.resources import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    CONFIG_MAPS,
    ROLE_BINDINGS,
    ROLES,
    Resource,
)
from prober.fabric.kubernetes.client.rights import (
    ASSIGNMENT,
    Purpose,
    Right,
    rights_for,
)
from prober.fabric.kubernetes.installation.names import COORDINATOR, OPERATOR, PAGE, Choices
from prober.fabric.kubernetes.labels import INSTALLED

Manifest = Mapping[str, Any]
NAMES: Mapping[Purpose, str] = {
    Purpose.READ: "prober-read",
    Purpose.PROBE_PODS: "prober-probe-pods",
    Purpose.AGENTS: "prober-agents",
    Purpose.OPERATOR: "prober-operator",
    Purpose.LEADER: "prober-operator-leader",
    Purpose.MESH: "prober-operator-mesh",
    Purpose.HISTORY: "prober-history",
}
"""The role of each purpose. Who installs has rights of their own."""


def role(purpose: Purpose, namespace: str = "") -> Manifest:
    """What the rights of a purpose are: a ClusterRole or, in a namespace, a Role there."""
    kind = ROLES if namespace else CLUSTER_ROLES
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": _metadata(purpose, namespace),
        "rules": [_rule(right) for right in rights_for(purpose)],
    }


def _rule(right: Right) -> dict[str, Any]:
    rule = {"apiGroups": [right.group], "resources": [right.what], "verbs": list(right.verbs)}
    return {**rule, "resourceNames": list(right.names)} if right.names else rule


def binding(
    purpose: Purpose,
    choices: Choices,
    namespace: str = "",
    *,
    granted: Resource = CLUSTER_ROLES,
    account: str = COORDINATOR,
) -> Manifest:
    """Gives a role to runs in the cluster, or to the operator: in one namespace, or (empty) in
    all."""
    kind = ROLE_BINDINGS if namespace else CLUSTER_ROLE_BINDINGS
    metadata = _metadata(purpose, namespace)
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": {**metadata, "name": binding_name(purpose, account)},
        "roleRef": {"apiGroup": granted.group, "kind": granted.kind, "name": NAMES[purpose]},
        "subjects": [
            {"kind": "ServiceAccount", "name": account, "namespace": choices.runs_namespace}
        ],
    }


def binding_name(purpose: Purpose, account: str) -> str:
    """As the role, but that the operator has its own beside those of runs."""
    shared = account == OPERATOR and purpose not in (Purpose.OPERATOR, Purpose.LEADER, Purpose.MESH)
    return f"{NAMES[purpose]}-operator" if shared else NAMES[purpose]


def reading(choices: Choices) -> list[Manifest]:
    """To read what decides about connectivity, in all namespaces."""
    return [role(Purpose.READ), binding(Purpose.READ, choices)]


def asking_agents(choices: Choices) -> list[Manifest]:
    """To exec into the pods of the agents' namespace, which has no others."""
    space = choices.namespace
    return [
        role(Purpose.AGENTS, space),
        binding(Purpose.AGENTS, choices, space, granted=ROLES),
    ]


def making_probe_pods(choices: Choices, account: str = COORDINATOR) -> list[Manifest]:
    """To make probe pods, in the namespaces that were chosen; nothing where none was.

    Who may make pods in a namespace can act as any service account there, and mount its Secrets. So
    the rights are one ClusterRole, for people to read, that is bound namespace by namespace.
    """
    purpose = Purpose.PROBE_PODS
    spaces = [""] if choices.probe_pods_everywhere else choices.probe_pods_in
    bindings = [binding(purpose, choices, space, account=account) for space in spaces]
    return [role(purpose), *bindings] if bindings else []


def operating(choices: Choices) -> list[Manifest]:
    """What the operator may: read Scenarios in all namespaces and say how they are, and what a run
    in the cluster may."""
    space, theirs = choices.runs_namespace, choices.namespace
    return [
        role(Purpose.OPERATOR),
        binding(Purpose.OPERATOR, choices, account=OPERATOR),
        role(Purpose.LEADER, space),
        binding(Purpose.LEADER, choices, space, granted=ROLES, account=OPERATOR),
        binding(Purpose.READ, choices, account=OPERATOR),
        binding(Purpose.AGENTS, choices, theirs, granted=ROLES, account=OPERATOR),
    ]


def assigning(choices: Choices) -> list[Manifest]:
    """To write what agents probe by themselves: into one object, which is made here, since a right
    to make objects cannot be one for a certain name."""
    theirs = choices.namespace
    return [
        role(Purpose.MESH, theirs),
        binding(Purpose.MESH, choices, theirs, granted=ROLES, account=OPERATOR),
        {
            "apiVersion": CONFIG_MAPS.api_version,
            "kind": CONFIG_MAPS.kind,
            "metadata": {"name": ASSIGNMENT, "namespace": theirs, "labels": dict(INSTALLED)},
        },
    ]


def looking_at_runs(choices: Choices) -> list[Manifest]:
    """To read Scenarios and the runs that the operator keeps, in all namespaces: the page's."""
    purpose = Purpose.HISTORY
    return [role(purpose), binding(purpose, choices, account=PAGE)]


def _metadata(purpose: Purpose, namespace: str) -> dict[str, Any]:
    space = {"namespace": namespace} if namespace else {}
    return {"name": NAMES[purpose], **space, "labels": dict(INSTALLED)}
