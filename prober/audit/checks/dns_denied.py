"""Isolated pods that may not ask cluster DNS."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View, by_workload, workload_text


def find(view: View) -> Iterator[Spot]:
    kept = [entry.pod for entry in view.without_dns["UDP"]]
    for workload, pods in by_workload(kept).items():
        yield Spot(
            workload,
            f"the policies keep {workload_text(workload, pods)} from cluster DNS (53/UDP)",
            hint="allow 53/UDP and 53/TCP to the pods of cluster DNS in kube-system",
        )


CHECK = Check(
    id="dns-denied",
    severity=Severity.ERROR,
    title="Policies keep a pod from cluster DNS",
    why="Without names hardly anything works, and the symptom is far from the cause: timeouts "
    "everywhere. Manifests "
    "without a cluster DNS are checked against the one that every cluster has.",
    find=find,
)
