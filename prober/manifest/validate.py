"""What the API server would reject, as mistakes. One function a kind, in the table at the end."""

from __future__ import annotations

from collections.abc import Callable

from prober.manifest.checks.check_fields import check_metadata
from prober.manifest.checks.check_policy import check_policy
from prober.manifest.checks.check_service import (
    check_endpoints,
    check_node,
    check_service,
    check_slice,
)
from prober.manifest.checks.check_workload import check_cron_job, check_pod, check_workload
from prober.manifest.languages.object_checks import check_object
from prober.manifest.reading.cursor import Cursor
from prober.manifest.reading.kinds import CLUSTER_WIDE
from prober.manifest.reading.objects import Manifest

_NAMESPACE_IGNORED = frozenset(("ClusterRole", "ClusterRoleBinding"))
"""Charts give them a namespace all the time, and the API server takes it away without a word."""


def validate(manifest: Manifest) -> bool:
    """Note every mistake of an object of a kind that is read, in the report of its cursor. True:
    there was none."""
    kind, cursor = manifest.kind, manifest.cursor
    before = len(cursor.report.mistakes)
    if manifest.language is not None:
        wide = not manifest.language.namespaced
        check_metadata(cursor, kind, cluster_wide=wide, strict=False)
        check_object(cursor, manifest.language)
        return len(cursor.report.mistakes) == before
    cluster_wide = kind in CLUSTER_WIDE and kind not in _NAMESPACE_IGNORED
    check_metadata(cursor, kind, cluster_wide=cluster_wide, strict=kind == "NetworkPolicy")
    CHECKS[kind](cursor)
    return len(cursor.report.mistakes) == before


def _workload(kind: str) -> Callable[[Cursor], None]:
    return lambda cursor: check_workload(cursor, kind)


def _nothing_more(_: Cursor) -> None:
    """Only the metadata counts, or a wrong type would be noticed when it is decoded."""


CHECKS: dict[str, Callable[[Cursor], None]] = {
    "Namespace": _nothing_more,
    "Node": check_node,
    "Pod": check_pod,
    "Service": check_service,
    "EndpointSlice": check_slice,
    "Endpoints": check_endpoints,
    "NetworkPolicy": check_policy,
    "CronJob": check_cron_job,
    "ServiceAccount": _nothing_more,
    "ClusterRole": _nothing_more,
    "ClusterRoleBinding": _nothing_more,
    **{
        kind: _workload(kind)
        for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job")
    },
}
"""For each kind of `kinds.READ`."""
