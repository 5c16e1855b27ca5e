"""Namespaces without the labels that selectors go by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View, rules
from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.objects import Ref
from prober.policy.deciding import requirements


def find(view: View) -> Iterator[Spot]:
    users: defaultdict[str, dict[Ref, None]] = defaultdict(dict)
    for rule in rules(view):
        for matcher in rule.rule.peers:
            for wanted in (
                requirements(matcher.peer.namespace_selector)
                if matcher.peer.namespace_selector
                else ()
            ):
                if wanted.operator in ("In", "NotIn") and wanted.key != NAMESPACE_NAME:
                    users[wanted.key][rule.policy.ref] = None
    for name in view.applications:
        labels = view.snapshot.namespaces[name].labels
        for key, policies in sorted(users.items()):
            if key not in labels:
                yield Spot(
                    Ref("Namespace", "", name),
                    (
                        f"namespace {name} has no label {key}, by which "
                        f"{_listed(list(policies))} tell namespaces apart"
                    ),
                    ("metadata", "labels"),
                    f"label it: kubectl label namespace {name} {key}=…",
                )


def _listed(policies: list[Ref]) -> str:
    more = f" and {len(policies) - 2} more" if len(policies) > 2 else ""
    return ", ".join(str(ref) for ref in policies[:2]) + more


CHECK = Check(
    id="namespace-label-missing",
    severity=Severity.NOTE,
    title="A namespace lacks a label that selectors use",
    why="Rules that go by this label never mean the namespace, and those with NotIn always do. "
    "Often nobody decided "
    "so.",
    find=find,
)
