"""What each apiVersion and kind means to prober: read, not evaluated, of no interest, or a
mistake."""

from __future__ import annotations

from enum import Enum

from prober.model.languages.foreign import FOREIGN
from prober.model.languages.kinds import BY_KIND

PROBER_API = "prober.dev/v1alpha1"
LAB, SCENARIO = "Lab", "Scenario"

READ: dict[str, str] = {
    "Namespace": "v1",
    "Node": "v1",
    "Pod": "v1",
    "Service": "v1",
    "Endpoints": "v1",
    "EndpointSlice": "discovery.k8s.io/v1",
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "ReplicaSet": "apps/v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "ServiceAccount": "v1",
    "ClusterRole": "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
}
"""The kinds that are read, with the only apiVersion that API servers still serve."""

CLUSTER_WIDE = frozenset(("Namespace", "Node", "ClusterRole", "ClusterRoleBinding"))

_OF_NO_INTEREST = frozenset(
    (
        "APIService",
        "ConfigMap",
        "ControllerRevision",
        "CustomResourceDefinition",
        "Event",
        "HorizontalPodAutoscaler",
        "Lease",
        "LimitRange",
        "MutatingWebhookConfiguration",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "PodDisruptionBudget",
        "PriorityClass",
        "ResourceQuota",
        "Role",
        "RoleBinding",
        "RuntimeClass",
        "Secret",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    )
)
"""Kinds of Kubernetes itself that are in nearly every directory and decide nothing about
connectivity."""


_KUBERNETES_GROUPS = frozenset(
    (
        "admissionregistration",
        "apiextensions",
        "apiregistration",
        "coordination",
        "discovery",
        "events",
        "networking",
        "node",
        "rbac.authorization",
        "scheduling",
        "storage",
    )
)
"""Without their `.k8s.io`."""


class Handling(Enum):
    """What to do with an object."""

    READ = "read"
    LAB = "lab"
    SCENARIO = "scenario"
    LIST = "list"
    NOT_EVALUATED = "not evaluated"
    """It decides about connectivity and is left out: warn."""
    OF_NO_INTEREST = "of no interest"
    UNKNOWN = "unknown"
    """Left out, and nobody can say whether it matters."""
    WRONG_VERSION = "wrong version"
    """A kind that is read, in an apiVersion that no API server serves."""
    WRONG_KIND = "wrong kind"
    """The apiVersion is prober's and the kind is not."""


def handling_of(api_version: str, kind: str) -> Handling:
    """What an apiVersion and kind mean here.

    The same kind in a foreign group is another thing: a `Service` of Knative, a `NetworkPolicy` of
    Calico.
    """
    group = group_of(api_version)
    if group == "prober.dev":
        own = {LAB: Handling.LAB, SCENARIO: Handling.SCENARIO} if api_version == PROBER_API else {}
        return own.get(kind, Handling.WRONG_KIND)
    if (api_version, kind) in BY_KIND:
        return Handling.READ
    if kind in FOREIGN.get(group, ()) or _looks_like_a_policy(group, kind):
        return Handling.NOT_EVALUATED
    if kind in READ:
        if READ[kind] == api_version:
            return Handling.READ
        return Handling.WRONG_VERSION if _is_kubernetes(group) else Handling.UNKNOWN
    item = kind.removesuffix("List")
    # Nobody lists lists: whoever writes `ListList` a thousand times is not followed there.
    listed = item != kind and not item.endswith("List")
    if kind == "List" or (listed and handling_of(api_version, item) is not Handling.UNKNOWN):
        return Handling.LIST
    return (
        Handling.OF_NO_INTEREST
        if kind in _OF_NO_INTEREST and _is_kubernetes(group)
        else Handling.UNKNOWN
    )


def _looks_like_a_policy(group: str, kind: str) -> bool:
    """Kinds, and versions of known kinds, that are newer than this table."""
    groups = {known.rpartition("/")[0] for known, _ in BY_KIND}
    if group in groups and any(kind == known for _, known in BY_KIND):
        return True
    own = group == "policy.networking.k8s.io" and not kind.endswith("List")
    return own or (kind.endswith("NetworkPolicy") and kind != "NetworkPolicy")


def group_of(api_version: str) -> str:
    """The API group; empty for the core group (`v1`)."""
    return api_version.rpartition("/")[0]


def _is_kubernetes(group: str) -> bool:
    """A group of Kubernetes itself: the core group, those without a dot, and some under k8s.io.
    (Everybody's add-ons live under k8s.io as well.)"""
    return "." not in group or group.removesuffix(".k8s.io") in _KUBERNETES_GROUPS
