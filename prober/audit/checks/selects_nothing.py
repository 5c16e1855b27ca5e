"""Policies that select no pod."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View
from prober.policy.deciding.pod_sets import members
from prober.policy.deciding.selectors import describe


def find(view: View) -> Iterator[Spot]:
    for one in view.policies:
        if one.subjects:
            if not one.subjects & view.governed:
                names = ", ".join(
                    view.predictor.world.sets.pods[index].name for index in members(one.subjects)
                )
                yield Spot(
                    one.policy.ref,
                    (
                        f"NetworkPolicy {one.policy.ref} selects only pods that it cannot "
                        f"govern: {names}"
                    ),
                    ("spec", "podSelector"),
                    "finished pods have no network; whether a policy holds for a pod on its "
                    "node's network is up to "
                    "the CNI",
                )
            continue
        labels = describe(one.policy.pod_selector)
        what = (
            f"no pod of {one.policy.namespace} has {labels}"
            if labels
            else f"{one.policy.namespace} has no pod"
        )
        yield Spot(
            one.policy.ref,
            f"NetworkPolicy {one.policy.ref} selects nothing: {what}",
            ("spec", "podSelector"),
            "compare the labels with `kubectl get pods --show-labels`, or delete the policy",
        )


CHECK = Check(
    id="policy-selects-nothing",
    severity=Severity.WARNING,
    title="A policy selects no pod",
    why="It protects nothing and allows nothing: a misspelt label, or a leftover.",
    find=find,
)
