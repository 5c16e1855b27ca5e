"""Who is like a pod or a namespace, and which label it alone lacks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.objects import Labels, LabelSelector, Namespace, Pod
from prober.model.snapshot import Snapshot
from prober.policy.deciding import holds, selects

NAMING = ("app.kubernetes.io/name", "app", "k8s-app", "name", "app.kubernetes.io/instance")
"""Labels that say what a pod is: pods that share one are replicas of one thing."""


def siblings(pod: Pod, snapshot: Snapshot) -> tuple[Pod, ...]:
    """The other pods of its workload; of a pod that nobody owns, those that are called the same."""
    others = (other for other in snapshot.pods.values() if other.namespace == pod.namespace)
    return tuple(
        other for other in others if other.ref != pod.ref and other.running and _alike(pod, other)
    )


def _alike(pod: Pod, other: Pod) -> bool:
    if pod.owner is not None or other.owner is not None:
        return pod.owner == other.owner
    return any(key in pod.labels and pod.labels[key] == other.labels.get(key) for key in NAMING)


def sibling_namespaces(namespace: Namespace, snapshot: Snapshot) -> tuple[Namespace, ...]:
    """Namespaces that share a label with it, or the first part of the name (`team-a`, `team-b`),
    or in which the same runs: pods that are called the same."""
    runs = _called(namespace.name, snapshot)
    return tuple(
        other
        for name, other in sorted(snapshot.namespaces.items())
        if name != namespace.name and (_related(namespace, other) or runs & _called(name, snapshot))
    )


def _called(namespace: str, snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    """What the pods of a namespace are called, by the labels that say it."""
    pods = (pod for pod in snapshot.pods.values() if pod.namespace == namespace)
    return frozenset((key, pod.labels[key]) for pod in pods for key in NAMING if key in pod.labels)


def _related(namespace: Namespace, other: Namespace) -> bool:
    mine = {key: value for key, value in namespace.labels.items() if key != NAMESPACE_NAME}
    shared = any(other.labels.get(key) == value for key, value in mine.items())
    stem, dash, _ = namespace.name.rpartition("-")
    return shared or bool(dash and other.name.rpartition("-")[0] == stem)


def missing_labels(selector: LabelSelector, labels: Labels) -> Mapping[str, str]:
    """The labels whose return would make the selector hold; empty where nothing is missing, or
    where something else is wrong: a value that differs was chosen, not lost, but where it is the
    same word, misspelt."""
    wanted = dict(_wanted(selector, labels))
    return wanted if wanted and selects(selector, {**labels, **wanted}) else {}


def _wanted(selector: LabelSelector, labels: Labels) -> Iterator[tuple[str, str]]:
    for key, value in selector.match_labels.items():
        if key not in labels or is_misspelt(labels[key], value):
            yield key, value
    for one in selector.match_expressions:
        if one.operator != "In" or holds(one, labels):
            continue
        meant = (value for value in one.values if is_misspelt(labels.get(one.key, ""), value))
        if one.key not in labels:
            yield one.key, one.values[0]
        else:
            yield from ((one.key, value) for value in list(meant)[:1])


_SHORTEST = 4
"""Letters of a word that may be misspelt; shorter ones are other words."""
_YES = frozenset(("true", "yes", "on", "enabled", "enable", "allowed", "allow"))


def is_misspelt(value: str, meant: str) -> bool:
    """Whether a value is the other one in another spelling: case, another word for yes, two letters
    swapped, one too many or too few. One letter for another at the end (`team-a`, `team-b`) is
    another value."""
    one, other = value.lower(), meant.lower()
    if value == meant or not one:
        return False
    if one == other or {one, other} <= _YES:
        return True
    if min(len(one), len(other)) < _SHORTEST or not (one + other).replace("-", "").isalpha():
        return False
    short, long = sorted((one, other), key=len)
    dropped = (long[:index] + long[index + 1 :] for index in range(len(long)))
    swapped = len(one) == len(other) and sorted(one) == sorted(other)
    return swapped or short in dropped
