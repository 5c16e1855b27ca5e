"""Denials that are about nobody."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.tiers import tiered_rules
from prober.audit.view import View
from prober.model.languages import Language
from prober.policy.deciding import Action, Nobody, Pods, Some, Term


def find(view: View) -> Iterator[Spot]:
    for rule in tiered_rules(view):
        if rule.rule.action is not Action.DENY:
            continue
        if not rule.subjects:
            yield Spot(
                rule.ref,
                f"{rule} denies nothing: its policy selects no pod",
                ("spec",),
                "compare its selector with the labels of the pods; its namespace counts, too",
            )
        elif _empty(rule.rule.peer):
            yield Spot(
                rule.ref,
                f"{rule} denies nothing: its peers select no pod",
                rule.path,
                "look for a misspelt label; the namespace of the policy counts, too",
            )


def _empty(term: Term) -> bool:
    if isinstance(term, Some):
        return all(_empty(term) for term in term.terms)
    return isinstance(term, Nobody) or (isinstance(term, Pods) and not term.pods)


CHECK = Check(
    id="denial-of-nothing",
    severity=Severity.ERROR,
    title="A denial selects nothing",
    why="What somebody meant to forbid is open.",
    find=find,
    needs_pods=True,
    languages=(Language.ADMIN, Language.CLUSTER, Language.CILIUM, Language.CALICO),
)
