"""From pods to the workloads that people know them by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prober.model.objects import Pod
from prober.scenario.refs import ObjectRef, RefKind

PASSING = ("Job", "CronJob")
"""Their pods come and go by themselves: their coming is no change of the network."""


def workload_name(pod: Pod) -> str:
    """The workload of a pod as a scenario names it, `deploy/web.shop`; `pod/NAME.NAMESPACE` where
    nothing owns it."""
    if pod.owner is None:
        return str(ObjectRef(RefKind.POD, pod.name, pod.namespace))
    return str(ObjectRef(RefKind.WORKLOAD, pod.owner.name, pod.namespace, pod.owner.kind))


def by_workload(pods: Iterable[Pod]) -> Mapping[str, tuple[Pod, ...]]:
    """The pods of each workload, both in the order of their names."""
    pods_of: dict[str, list[Pod]] = {}
    for pod in sorted(pods, key=lambda pod: (pod.namespace, pod.name)):
        pods_of.setdefault(workload_name(pod), []).append(pod)
    return {name: tuple(pods_of[name]) for name in sorted(pods_of)}
