"""Pods that no policy selects."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import SYSTEM, View, by_workload, workload_text
from prober.model.languages import Language


def find(view: View) -> Iterator[Spot]:
    neither = view.governed & ~view.selected
    pods = [pod for pod in view.pods(neither) if pod.namespace not in SYSTEM]
    for workload, owned in by_workload(pods).items():
        yield Spot(
            workload,
            f"no policy selects {workload_text(workload, owned)}",
            hint=(
                "everyone may reach it, and it may reach everyone: give its namespace a default "
                "deny"
            ),
        )


CHECK = Check(
    id="pod-not-covered",
    severity=Severity.WARNING,
    title="No policy selects a pod",
    why=(
        "Such a pod is not isolated in either direction. Pods of Kubernetes' own namespaces are "
        "left out."
    ),
    find=find,
    languages=tuple(Language),
)
