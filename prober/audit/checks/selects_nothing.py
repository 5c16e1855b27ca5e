"""Policies that select no pod."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View
from prober.policy.deciding import PolicyMatcher, describe, members


def find(view: View) -> Iterator[Spot]:
    for matcher in view.policies:
        if matcher.subjects:
            if not matcher.subjects & view.possible:
                names = ", ".join(
                    view.predictor.world.sets.pods[index].name
                    for index in members(matcher.subjects)
                )
                yield Spot(
                    matcher.policy.ref,
                    (
                        f"NetworkPolicy {matcher.policy.ref} selects only pods that it cannot "
                        f"govern: {names}"
                    ),
                    ("spec", "podSelector"),
                    "finished pods have no network; whether a policy holds for a pod on its "
                    "node's network is up to "
                    "the CNI",
                )
            continue
        yield Spot(
            matcher.policy.ref,
            f"NetworkPolicy {matcher.policy.ref} selects nothing: {_nothing(view, matcher)}",
            ("spec", "podSelector"),
            _WRITTEN_HINT if view.written else _CLUSTER_HINT,
        )


def _nothing(view: View, matcher: PolicyMatcher) -> str:
    labels = describe(matcher.policy.pod_selector)
    if labels:
        return f"no pod{view.where} of {matcher.policy.namespace} has {labels}"
    return f"{matcher.policy.namespace} has no pod{view.where}"


_CLUSTER_HINT = (
    "compare the labels with `kubectl get pods --show-labels`, or delete the policy when its pods "
    "are gone for good"
)
_WRITTEN_HINT = (
    "compare the labels with those of the pod templates; where its pods come from other "
    "manifests, give those with -f too"
)

CHECK = Check(
    id="policy-selects-nothing",
    severity=Severity.WARNING,
    title="A policy selects no pod",
    why="It protects nothing and allows nothing: a misspelt label, or a leftover.",
    find=find,
)
