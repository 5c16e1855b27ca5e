"""Who is like a pod or a namespace, and which label it alone lacks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.objects import Labels, LabelSelector, Namespace, Pod
from prober.model.snapshot import Snapshot
from prober.policy.deciding import holds, selects

NAMING = ("app.kubernetes.io/name", "app", "k8s-app", "name", "app.kubernetes.io/instance")
"""Labels that say what a pod is: pods that share one are replicas of one thing."""
_CALLED = NAMING[:-1]
"""Those that say it of workloads, too: parts of one release share its instance, and no more."""
_PART = ("app.kubernetes.io/component", "component", "tier", "role")
"""Labels that tell the parts of one program from each other."""


def siblings(pod: Pod, snapshot: Snapshot) -> tuple[Pod, ...]:
    """The other pods of its workload, and of workloads that are the same thing in another form
    (blue and green); of a pod that nobody owns, those that are called the same."""
    others = (other for other in snapshot.pods.values() if other.namespace == pod.namespace)
    return tuple(
        other for other in others if other.ref != pod.ref and other.running and _alike(pod, other)
    )


def _alike(pod: Pod, other: Pod) -> bool:
    if pod.owner is not None or other.owner is not None:
        return pod.owner == other.owner or _same_thing(pod, other)
    return any(key in pod.labels and pod.labels[key] == other.labels.get(key) for key in NAMING)


def _same_thing(pod: Pod, other: Pod) -> bool:
    """Whether pods of two workloads are the same part of the same program."""
    called = any(key in pod.labels and pod.labels[key] == other.labels.get(key) for key in _CALLED)
    parts = ((pod.labels.get(key), other.labels.get(key)) for key in _PART)
    return called and all(mine == theirs for mine, theirs in parts)


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


def missing_labels(selector: LabelSelector, labels: Labels, model: Labels) -> Mapping[str, str]:
    """The labels whose return would make the selector hold, with the values of a sibling, which is
    the model; empty where nothing is missing, or where something else is wrong: a value that
    differs was chosen, not lost, but where it is the same word, misspelt."""
    wanted = dict(_wanted(selector, labels, model))
    return wanted if wanted and selects(selector, {**labels, **wanted}) else {}


def _wanted(selector: LabelSelector, labels: Labels, model: Labels) -> Iterator[tuple[str, str]]:
    for key, value in selector.match_labels.items():
        if key not in labels or is_misspelt(labels[key], value):
            yield key, value
    for requirement in selector.match_expressions:
        if requirement.operator not in ("In", "Exists") or holds(requirement, labels):
            continue
        if requirement.key not in labels and requirement.key in model:
            yield requirement.key, model[requirement.key]
            continue
        meant = (
            value
            for value in requirement.values
            if is_misspelt(labels.get(requirement.key, ""), value)
        )
        yield from ((requirement.key, value) for value in list(meant)[:1])


_SHORTEST = 4
"""Letters of a word that may be misspelt; shorter ones are other words."""
_YES = frozenset(("true", "yes", "on", "enabled", "enable", "allowed", "allow"))


def is_misspelt(value: str, meant: str) -> bool:
    """Whether a value is the other one in another spelling: case, another word for yes, two letters
    swapped, one too many or too few. One letter for another at the end (`team-a`, `team-b`) is
    another value."""
    written, other = value.lower(), meant.lower()
    if value == meant or not written:
        return False
    if written == other or {written, other} <= _YES:
        return True
    if (
        min(len(written), len(other)) < _SHORTEST
        or not (written + other).replace("-", "").isalpha()
    ):
        return False
    short, long = sorted((written, other), key=len)
    dropped = (long[:index] + long[index + 1 :] for index in range(len(long)))
    swapped = len(written) == len(other) and sorted(written) == sorted(other)
    return swapped or short in dropped
