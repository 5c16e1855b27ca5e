"""A podSelector alone means the policy's own namespace; the pod that is meant lives in another
one."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.peers import blaming
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.model.objects import Pod, PolicyPeer
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding
from prober.policy.deciding import selects

ID = "policy-peer-namespace"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    for (policy, port), group in grouped(case, direction, blaming(case, _means_another_namespace)):
        cause = (
            f"NetworkPolicy {policy} allows {port} {who(group)} by a podSelector alone, "
            "which means namespace "
            f"{policy.namespace} only"
        )
        yield gap(case, ID, cause, policy, group)


def _means_another_namespace(peer: PolicyPeer, pod: Pod, policy: PolicyTrail) -> bool:
    if peer.pod_selector is None or peer.pod_selector.empty or peer.namespace_selector is not None:
        return False
    return pod.namespace != policy.policy.namespace and selects(peer.pod_selector, pod.labels)


RULE = Rule(
    id=ID,
    concludes=(
        "A policy names pods of another namespace without a namespaceSelector, so they are not "
        "meant."
    ),
    mend="add a namespaceSelector to the item with the podSelector",
    needs="the prediction's trail, and the labels of the pod that is left out",
    find_in=find,
)
