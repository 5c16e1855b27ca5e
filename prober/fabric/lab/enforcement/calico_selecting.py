"""Whom Calico's selectors mean in the lab: pods, and network sets. Pure.

The text of selectors is parsed by the reader of manifests, and evaluated here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prober.manifest.languages import selector_grammar as grammar
from prober.model.objects import Pod
from prober.model.snapshot import Snapshot


def is_meant(pod: Pod, selector: str | None, namespaces: str | None, snapshot: Snapshot) -> bool:
    space = snapshot.namespaces[pod.namespace].labels
    own = {
        **pod.labels,
        "projectcalico.org/namespace": pod.namespace,
        "projectcalico.org/serviceaccount": pod.service_account,
    }
    around = {**space, "projectcalico.org/name": pod.namespace}
    return (not selector or holds(grammar.parse_selector(selector), own)) and (
        not namespaces or _around(grammar.parse_selector(namespaces), around, pod.namespace)
    )


def holds(tree: grammar.Selection, labels: Mapping[str, str]) -> bool:
    if isinstance(tree, grammar.AllOf):
        return all(holds(part, labels) for part in tree.parts)
    if isinstance(tree, grammar.AnyOf):
        return any(holds(part, labels) for part in tree.parts)
    if isinstance(tree, grammar.Negation):
        return not holds(tree.part, labels)
    if isinstance(tree, grammar.Global):
        return False  # pods are always in a namespace
    value = labels.get(tree.key)
    tests = {
        "has": value is not None,
        "==": value in tree.values,
        "in": value in tree.values,
        "!=": value not in tree.values,
        "not in": value not in tree.values,
        "contains": value is not None and any(wanted in value for wanted in tree.values),
        "starts with": value is not None and value.startswith(tree.values),
        "ends with": value is not None and value.endswith(tree.values),
    }
    return tests[tree.operator]


def network_sets(snapshot: Snapshot) -> list[tuple[str, dict[str, str], Sequence[str]]]:
    """The namespace, the labels and the blocks of each set."""
    return [
        (
            resource.namespace,
            {
                **resource.labels,
                **(
                    {"projectcalico.org/namespace": resource.namespace}
                    if resource.namespace
                    else {}
                ),
            },
            resource.spec.nets or (),
        )
        for resource in snapshot.other_policies
        if resource.kind.kind in ("NetworkSet", "GlobalNetworkSet")
    ]


def is_set_meant(space: str, labels: dict[str, str], peer: Any, snapshot: Snapshot) -> bool:
    if peer.selector and not holds(grammar.parse_selector(peer.selector), labels):
        return False
    if not peer.namespace_selector:
        return True
    around = {**snapshot.namespaces[space].labels, "projectcalico.org/name": space} if space else {}
    return _around(grammar.parse_selector(peer.namespace_selector), around, space)


def _around(tree: grammar.Selection, labels: Mapping[str, str], space: str) -> bool:
    """Of a namespace, or of what is in none (empty): `all()` says that there is one."""
    if tree == grammar.AllOf(()):
        return bool(space)
    if isinstance(tree, grammar.AllOf):
        return all(_around(part, labels, space) for part in tree.parts)
    if isinstance(tree, grammar.AnyOf):
        return any(_around(part, labels, space) for part in tree.parts)
    if isinstance(tree, grammar.Negation):
        return not _around(tree.part, labels, space)
    return not space if isinstance(tree, grammar.Global) else holds(tree, labels)


def acts_as(pod: Pod, accounts: Any, snapshot: Snapshot) -> bool:
    labels = snapshot.service_accounts.get((pod.namespace, pod.service_account), {})
    named = not accounts.names or pod.service_account in accounts.names
    return named and (
        not accounts.selector or holds(grammar.parse_selector(accounts.selector), labels)
    )


def lacks(selector: str | None) -> bool:
    """Whether a selector of service accounts holds for what has none."""
    return not selector or holds(grammar.parse_selector(selector), {})
