"""One item with two selectors asks for both; two items were meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.peers import blaming, namespace_labels, selected_by, selects_pod
from prober.diagnosis.fixes.peer_edits import peers_put_right
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.model.objects import Pod, PolicyPeer
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding
from prober.policy.deciding import selects

ID = "policy-peers-and-for-or"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def test(peer: PolicyPeer, pod: Pod, policy: PolicyTrail) -> bool:
        return _either_was_meant(peer, pod, policy.policy.namespace, case)

    for (policy, port), group in grouped(case, direction, blaming(case, test)):
        cause = (
            f"NetworkPolicy {policy} allows {port} {who(group)} only where both selectors of "
            "one item hold, which no "
            "pod does; two items would mean either"
        )
        fixes = peers_put_right(group, policy, _has_both, case)
        yield gap(case, ID, cause, policy, group, fixes=fixes)


def _has_both(peer: PolicyPeer) -> bool:
    return peer.namespace_selector is not None and peer.pod_selector is not None


def _either_was_meant(peer: PolicyPeer, pod: Pod, namespace: str, case: Case) -> bool:
    """Together the selectors select nobody, each by itself selects somebody, and this pod is one of
    those."""
    if (
        peer.namespace_selector is None
        or peer.pod_selector is None
        or selected_by(peer, namespace, case)
    ):
        return False
    apart = replace(peer, pod_selector=None), replace(peer, namespace_selector=None)
    if not all(selected_by(half, namespace, case) for half in apart):
        return False
    by_namespace = selects(peer.namespace_selector, namespace_labels(case, pod.namespace))
    return by_namespace or (pod.namespace == namespace and selects_pod(peer.pod_selector, pod))


RULE = Rule(
    id=ID,
    concludes=(
        "A policy asks for a namespace and for pods in one item (AND), where two items (OR) were "
        "meant."
    ),
    advice="make two items of the one, so that either is enough",
    needs="the prediction's trail, and which pods each selector selects",
    find_in=find,
)
