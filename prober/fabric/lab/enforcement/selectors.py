"""Which objects a label selector selects: the lab's own reading of apimachinery's LabelSelector.
Pure.

Deliberately not shared with the prediction: the lab is what the prediction is checked against.
"""

from __future__ import annotations

from collections.abc import Iterable

from prober.model.objects import Labels, LabelSelector, Pod, Requirement
from prober.model.snapshot import Snapshot


def selects(selector: LabelSelector, labels: Labels) -> bool:
    """Do all parts of the selector hold for these labels. An empty one holds for everything."""
    equal = all(labels.get(key) == value for key, value in selector.match_labels.items())
    return equal and all(_holds(requirement, labels) for requirement in selector.match_expressions)


def _holds(requirement: Requirement, labels: Labels) -> bool:
    """`NotIn` and `DoesNotExist` also hold where the label is missing
    (metav1.LabelSelectorOperator)."""
    present = requirement.key in labels
    match requirement.operator:
        case "In":
            return present and labels[requirement.key] in requirement.values
        case "NotIn":
            return not present or labels[requirement.key] not in requirement.values
        case "Exists":
            return present
        case "DoesNotExist":
            return not present


def pods_selected(
    snapshot: Snapshot,
    namespaces: LabelSelector | None,
    pods: LabelSelector | None,
    own_namespace: str,
) -> tuple[Pod, ...]:
    """The pods that a policy's peer means: without a namespace selector those of the policy's own
    namespace."""
    names = {
        name
        for name, namespace in snapshot.namespaces.items()
        if (namespaces is None and name == own_namespace)
        or (namespaces is not None and selects(namespaces, namespace.labels))
    }
    return tuple(
        pod
        for pod in networked(snapshot.pods.values())
        if pod.namespace in names and (pods is None or selects(pods, pod.labels))
    )


def networked(pods: Iterable[Pod]) -> tuple[Pod, ...]:
    """The pods with a network of their own: running, and not in their node's."""
    return tuple(pod for pod in pods if pod.running and not pod.host_network)
