"""The labels that single out pods: the fewest that are enough to select them and nobody else.
Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations

from prober.manifest.workloads.owners import common_labels
from prober.model.objects import Labels, LabelSelector, Pod, Requirement
from prober.model.snapshot import Snapshot
from prober.policy.deciding import selects

IDENTIFYING = (
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "app.kubernetes.io/component",
    "component",
    "name",
)
"""Labels that name a workload, best first."""
_VERSIONS = frozenset(("app.kubernetes.io/version", "helm.sh/chart"))
"""Labels that every upgrade changes: a policy that selects by them stops to select."""
MOST_LABELS = 3
"""In one selector: one that needs more says nothing to a reader."""


def replicas(pods: Collection[Pod], snapshot: Snapshot) -> tuple[Pod, ...]:
    """The pods with all others of their workloads, by name: what helps one of them is meant for
    all."""
    owners = {pod.owner for pod in pods if pod.owner}
    refs = {pod.ref for pod in pods}
    everybody = (pod for _, pod in sorted(snapshot.pods.items()))
    return tuple(
        pod for pod in everybody if pod.running and (pod.ref in refs or pod.owner in owners)
    )


def singled_out(pods: Collection[Pod], snapshot: Snapshot) -> LabelSelector | None:
    """A selector for exactly these pods of one namespace, and for their workloads' later ones; None
    where no labels tell them from the others.

    Workloads that have no pods now count as others by their templates. Of several workloads, one
    label whose values only they have is looked for.
    """
    if not pods:
        return None
    others = list(_others(pods, snapshot))
    for selector in _candidates(pods):
        if not any(selects(selector, labels) for labels in others):
            return selector
    return None


def identity(pod: Pod) -> Mapping[str, str]:
    """The labels that name a pod's workload, though perhaps not it alone."""
    for key in IDENTIFYING:
        if key in pod.labels:
            return {key: pod.labels[key]}
    return {key: value for key, value in common_labels([pod]).items() if _stable(key)}


def _others(pods: Collection[Pod], snapshot: Snapshot) -> Iterator[Labels]:
    spaces, refs = {pod.namespace for pod in pods}, {pod.ref for pod in pods}
    owners = {pod.owner for pod in pods}
    for pod in snapshot.pods.values():
        if pod.namespace in spaces and pod.ref not in refs:
            yield pod.labels
    for workload in snapshot.workloads.values():
        if workload.namespace in spaces and workload.ref not in owners and workload.replicas == 0:
            yield workload.labels


def _candidates(pods: Collection[Pod]) -> Iterator[LabelSelector]:
    """From the best on: a label that names a workload, any label, two, three; one label with
    several values."""
    common = {key: value for key, value in common_labels(pods).items() if _stable(key)}
    for count in range(1, MOST_LABELS + 1):
        for keys in combinations(sorted(common, key=_rank), count):
            yield LabelSelector({key: common[key] for key in keys})
    shared = frozenset.intersection(*(frozenset(common_labels([pod])) for pod in pods))
    for key in sorted(filter(_stable, shared), key=_rank):
        values = tuple(sorted({pod.labels[key] for pod in pods}))
        if len(values) > 1:
            yield LabelSelector(match_expressions=(Requirement(key, "In", values),))


def _rank(key: str) -> tuple[int, str]:
    return (IDENTIFYING.index(key) if key in IDENTIFYING else len(IDENTIFYING)), key


def _stable(key: str) -> bool:
    return "hash" not in key and key not in _VERSIONS
