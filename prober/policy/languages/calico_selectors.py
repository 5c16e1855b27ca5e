"""Does a selector of Calico's hold for labels.

`!=` and `not in` also hold where the label is missing; the others need it (source: the selector
reference of Calico's documentation)."""

from __future__ import annotations

from prober.manifest.languages.selector_grammar import (
    AllOf,
    AnyOf,
    Global,
    LabelIs,
    Negation,
    Selection,
)
from prober.model.objects import Labels

_NAMESPACE = "projectcalico.org/namespace"


def holds(tree: Selection, labels: Labels) -> bool:
    """Does the selector select something with these labels."""
    match tree:
        case AllOf(parts):
            return all(holds(part, labels) for part in parts)
        case AnyOf(parts):
            return any(holds(part, labels) for part in parts)
        case Negation(part):
            return not holds(part, labels)
        case Global():
            return _NAMESPACE not in labels
        case LabelIs():
            return _label(tree, labels)


def _label(wanted: LabelIs, labels: Labels) -> bool:
    value = labels.get(wanted.key)
    match wanted.operator:
        case "!=" | "not in":
            return value not in wanted.values
        case "has":
            return value is not None
        case "==" | "in":
            return value in wanted.values
    if value is None:
        return False
    match wanted.operator:
        case "contains":
            return wanted.values[0] in value
        case "starts with":
            return value.startswith(wanted.values[0])
        case _:
            return value.endswith(wanted.values[0])


def holds_of_namespace(tree: Selection, labels: Labels, *, namespaced: bool) -> bool:
    """Does a namespaceSelector select something in a namespace with these labels, or in none.
    `all()` means that there is a namespace, `global()` that there is none, wherever they stand
    (source: libcalico-go, updateprocessors, parseSelectorAttachPrefix)."""
    match tree:
        case AllOf(()):
            return namespaced
        case AllOf(parts):
            return all(holds_of_namespace(part, labels, namespaced=namespaced) for part in parts)
        case AnyOf(parts):
            return any(holds_of_namespace(part, labels, namespaced=namespaced) for part in parts)
        case Negation(part):
            return not holds_of_namespace(part, labels, namespaced=namespaced)
        case Global():
            return not namespaced
        case LabelIs():
            return _label(tree, labels)
