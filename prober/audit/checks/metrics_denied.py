"""Pods whose metrics Prometheus may not scrape."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View, by_workload, workload_text
from prober.policy import kept_from_monitoring


def find(view: View) -> Iterator[Spot]:
    kept = {entry.pod.ref: entry for entry in kept_from_monitoring(view.snapshot)}
    for workload, pods in by_workload(entry.pod for entry in kept.values()).items():
        flow = kept[pods[0].ref].flow
        yield Spot(
            workload,
            f"the policies keep {flow.source} from the metrics of {workload_text(workload, pods)} "
            f"({flow.port}/{flow.protocol})",
            hint="allow ingress from the monitoring namespace to this port",
        )


CHECK = Check(
    id="metrics-denied",
    severity=Severity.WARNING,
    title="Policies keep Prometheus from a port for metrics",
    why="A default deny that forgot monitoring blinds it, just when it is needed. Prometheus and "
    "such ports are known "
    "by their usual labels and names.",
    find=find,
)
