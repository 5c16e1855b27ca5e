"""Namespace selectors that no namespace meets."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import SYSTEM, View, rules
from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.objects import LabelSelector, Namespace
from prober.policy.deciding import describe, selects


def find(view: View) -> Iterator[Spot]:
    for rule in rules(view):
        for position, matcher in enumerate(rule.rule.peers):
            selector = matcher.peer.namespace_selector
            if selector is not None and not selected(view, selector):
                end = "from" if rule.direction == "ingress" else "to"
                yield Spot(
                    rule.policy.ref,
                    f"no namespace{view.where} has {describe(selector)}, which {rule} asks for",
                    (*rule.path, end, position, "namespaceSelector"),
                    (f"label the namespace that is meant, or select it by {NAMESPACE_NAME}"),
                )


def selected(view: View, selector: LabelSelector) -> bool:
    """Whether any namespace has the labels, also of those that every cluster has."""
    given = (Namespace(name, {NAMESPACE_NAME: name}) for name in SYSTEM)
    return any(
        selects(selector, namespace.labels)
        for namespace in (*view.snapshot.namespaces.values(), *given)
    )


CHECK = Check(
    id="namespace-selector-unmatched",
    severity=Severity.WARNING,
    title="A rule's namespaceSelector selects no namespace",
    why="The peer was meant to be allowed and is not, for want of a label on its namespace. In "
    "manifests the namespace "
    "may only be missing: give it with -f too.",
    find=find,
)
