"""What was in the cluster at one moment: the input of every prediction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prober.model.errors import Location
from prober.model.languages.kinds import PolicyObject
from prober.model.objects import (
    ClusterRole,
    ClusterRoleBinding,
    EndpointSlice,
    Labels,
    Namespace,
    NetworkPolicy,
    Node,
    Pod,
    Ref,
    Service,
    Workload,
)


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """An object that looks like a policy and is not evaluated."""

    api_version: str
    kind: str
    namespace: str
    """Empty: in the whole cluster."""
    name: str

    def __str__(self) -> str:
        where = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {where} ({self.api_version})"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All objects that decide about connectivity. Keys are (namespace, name), or the name for
    cluster-wide kinds.

    Every namespace that an object lives in is present, also when no Namespace object said so.
    """

    namespaces: Mapping[str, Namespace] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)
    pods: Mapping[tuple[str, str], Pod] = field(default_factory=dict)
    workloads: Mapping[Ref, Workload] = field(default_factory=dict)
    services: Mapping[tuple[str, str], Service] = field(default_factory=dict)
    slices: tuple[EndpointSlice, ...] = ()
    policies: tuple[NetworkPolicy, ...] = ()
    other_policies: tuple[PolicyObject, ...] = ()
    """Objects of the other policy languages (`prober.model.languages`)."""
    left_out: tuple[LeftOut, ...] = ()
    """Objects that may change predictions and are not evaluated."""
    service_accounts: Mapping[tuple[str, str], Labels] = field(default_factory=dict)
    """The labels of service accounts, which some languages select by."""
    cluster_roles: Mapping[str, ClusterRole] = field(default_factory=dict)
    """Empty when they were not read: then nothing follows from one that is not there."""
    cluster_role_bindings: Mapping[str, ClusterRoleBinding] = field(default_factory=dict)
    origins: Mapping[Ref, Location] = field(default_factory=dict)
    """The file and line each object was read from; empty for a live cluster."""
    sources: Mapping[Ref, Mapping[str, Any]] = field(default_factory=dict)
    """The objects as they were written (plain JSON), for patches and bundles; NetworkPolicies and
    Services only."""

    def pod(self, ref: Ref | None) -> Pod | None:
        """The pod of this name; None where there is none, or no name."""
        return self.pods.get((ref.namespace, ref.name)) if ref else None

    def pods_of(self, workload: Ref) -> tuple[Pod, ...]:
        """The pods that the workload owns, by name."""
        return tuple(pod for _, pod in sorted(self.pods.items()) if pod.owner == workload)

    def has_rights(self, account: Ref) -> bool | None:
        """Whether a service account (`Ref("ServiceAccount", namespace, name)`) is bound to a
        ClusterRole that exists. None: not known."""
        if not self.cluster_roles and not self.cluster_role_bindings:
            return None
        return any(
            account in binding.service_accounts and binding.role in self.cluster_roles
            for binding in self.cluster_role_bindings.values()
        )

    def describe(self, ref: Ref) -> str:
        """The object as a person would look for it: kind, name and, where it was read from a file,
        the place."""
        origin = self.origins.get(ref)
        return f"{ref.kind} {ref}" + (f" ({origin})" if origin else "")
