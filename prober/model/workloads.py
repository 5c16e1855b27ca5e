"""Kubernetes' kinds of workloads, and what people call them."""

from __future__ import annotations

from collections.abc import Mapping

SHORT_NAMES: Mapping[str, str] = {
    "Deployment": "deploy",
    "StatefulSet": "sts",
    "DaemonSet": "ds",
    "ReplicaSet": "rs",
    "Job": "job",
    "CronJob": "cj",
}
"""Each kind with kubectl's short word for it."""

KINDS: Mapping[str, str] = {
    **{short: kind for kind, short in SHORT_NAMES.items()},
    **{kind.lower(): kind for kind in SHORT_NAMES},
}
"""Each word that names a kind, kubectl's short and long ones."""
