"""Rights in the cluster, wire shape to model: who may do anything at all."""

from __future__ import annotations

from prober.manifest.decoding import wire
from prober.manifest.decoding.decode import labels_of
from prober.model.objects import ClusterRole, ClusterRoleBinding, Ref

SERVICE_ACCOUNT = "ServiceAccount"


def decode_cluster_role(obj: wire.ClusterRole) -> ClusterRole:
    """A ClusterRole, without its rules."""
    return ClusterRole(obj.metadata.name or "", labels_of(obj.metadata.labels))


def decode_binding(obj: wire.ClusterRoleBinding) -> ClusterRoleBinding:
    """A ClusterRoleBinding, without the users and groups among its subjects."""
    return ClusterRoleBinding(
        name=obj.metadata.name or "",
        role=(obj.role_ref.name if obj.role_ref else None) or "",
        service_accounts=tuple(
            Ref(SERVICE_ACCOUNT, subject.namespace or "", subject.name or "")
            for subject in obj.subjects or ()
            if subject.kind == SERVICE_ACCOUNT
        ),
        labels=labels_of(obj.metadata.labels),
    )
