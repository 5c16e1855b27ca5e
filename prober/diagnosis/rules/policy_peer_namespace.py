"""A podSelector alone means the policy's own namespace; the pod that is meant lives in another
one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.facts.peers import blaming, other_pod
from prober.diagnosis.fixes.peer_edits import peers_put_right
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.model.objects import Pod, PolicyPeer, Ref
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding
from prober.policy.deciding import selects

ID = "policy-peer-namespace"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def test(peer: PolicyPeer, pod: Pod, policy: PolicyTrail) -> bool:
        return _means_another_namespace(peer, pod, policy.policy.namespace)

    for (policy, port), group in grouped(case, direction, blaming(case, test)):
        cause = (
            f"NetworkPolicy {policy} allows {port} {who(group)} by a podSelector alone, "
            "which means namespace "
            f"{policy.namespace} only"
        )
        fixes = peers_put_right(group, policy, partial(_names, group[0], policy, case), case)
        yield gap(case, ID, cause, policy, group, fixes=fixes)


def _names(denial: Denial, policy: Ref, case: Case, peer: PolicyPeer) -> bool:
    """Whether the peer would mean the pod that is left out, in its own namespace."""
    pod = other_pod(denial, case)
    return pod is not None and _means_another_namespace(peer, pod, policy.namespace)


def _means_another_namespace(peer: PolicyPeer, pod: Pod, namespace: str) -> bool:
    if peer.pod_selector is None or peer.pod_selector.empty or peer.namespace_selector is not None:
        return False
    return pod.namespace != namespace and selects(peer.pod_selector, pod.labels)


RULE = Rule(
    id=ID,
    concludes=(
        "A policy names pods of another namespace without a namespaceSelector, so they are not "
        "meant."
    ),
    advice="add a namespaceSelector to the item with the podSelector",
    needs="the prediction's trail, and the labels of the pod that is left out",
    find_in=find,
)
