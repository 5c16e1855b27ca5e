"""PURE. Words that Kubernetes itself has given, each said here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that the API server sets on every namespace: its name."""
SHORT_KINDS: Mapping[str, str] = {
    "Deployment": "deploy",
    "StatefulSet": "sts",
    "DaemonSet": "ds",
    "ReplicaSet": "rs",
    "Job": "job",
    "CronJob": "cj",
}
"""The kinds of workloads, with kubectl's short names."""
WORKLOAD_KINDS: Mapping[str, str] = {
    **{short: kind for kind, short in SHORT_KINDS.items()},
    **{kind.lower(): kind for kind in SHORT_KINDS},
}
"""The kind that a word before a slash names, as in `sts/web` and `statefulset/web`."""
