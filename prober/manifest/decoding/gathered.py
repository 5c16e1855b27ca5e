"""Wire objects of all kinds, gathered before they are put together: from files, or from a
cluster."""

from __future__ import annotations

from dataclasses import dataclass, field

from prober.manifest.decoding import wire
from prober.model.languages.kinds import PolicyObject


@dataclass(slots=True)
class Objects:
    """What was read, by kind, in the wire shape."""

    namespaces: list[wire.Namespace] = field(default_factory=list)
    nodes: list[wire.Node] = field(default_factory=list)
    pods: list[wire.Pod] = field(default_factory=list)
    workloads: list[tuple[str, wire.Workload]] = field(default_factory=list)
    """With the kind: Deployment, StatefulSet, DaemonSet, ReplicaSet or Job."""
    cron_jobs: list[wire.CronJob] = field(default_factory=list)
    services: list[wire.Service] = field(default_factory=list)
    slices: list[wire.EndpointSlice] = field(default_factory=list)
    endpoints: list[wire.Endpoints] = field(default_factory=list)
    policies: list[wire.NetworkPolicy] = field(default_factory=list)
    others: list[PolicyObject] = field(default_factory=list)
    """Of the other policy languages, decoded already."""
    service_accounts: list[wire.ServiceAccount] = field(default_factory=list)
    cluster_roles: list[wire.ClusterRole] = field(default_factory=list)
    cluster_role_bindings: list[wire.ClusterRoleBinding] = field(default_factory=list)
