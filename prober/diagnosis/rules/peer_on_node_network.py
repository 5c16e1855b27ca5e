"""A policy means pods, and the other end is seen as a node: it is on its node's network."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, listed, peer_is_missing
from prober.diagnosis.facts.peers import namespace_labels, selects_pod
from prober.diagnosis.fixes.policy_gap import Group, gap, grouped, who
from prober.model.objects import Pod, PolicyPeer
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding
from prober.policy import Open
from prober.policy.deciding import selects

ID = "peer-on-node-network"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def blamed(denial: Denial) -> PolicyTrail | None:
        return _meaning(denial, case)

    for (policy, port), group in grouped(case, direction, blamed):
        yield gap(
            case,
            ID,
            f"NetworkPolicy {policy} allows {port} {who(group)} by selectors, which never match "
            f"there: {_whose(group)} on the network of the node, and policies see "
            f"{listed(_addresses(group))}, an address of the node",
            policy,
            group,
            evidence=["selectors select pods; a node can only be named by an ipBlock"],
        )


def _meaning(denial: Denial, case: Case) -> PolicyTrail | None:
    """The policy that would let the other end through, if it counted as the pod that it is; or
    that names the port for pods alone, where it is a node itself."""
    if not denial.seen_as_node or denial.reading is None:
        return None
    if denial.reading.opens is Open.SOURCE_ADDRESS:
        return None  # a pod or a host whose address was translated on the way
    pod = _pod(denial, case)
    for policy, rule in denial.near(peer_is_missing):
        peers = [peer for peer in rule.rule.peers if peer.ip_block is None]
        if any(pod is None or _means(peer, pod, policy, case) for peer in peers):
            return policy
    return None


def _pod(denial: Denial, case: Case) -> Pod | None:
    ref = denial.other
    return case.snapshot.pods.get((ref.namespace, ref.name)) if ref else None


def _means(peer: PolicyPeer, pod: Pod, policy: PolicyTrail, case: Case) -> bool:
    if peer.namespace_selector is None:
        return pod.namespace == policy.policy.namespace and selects_pod(peer.pod_selector, pod)
    in_space = selects(peer.namespace_selector, namespace_labels(case, pod.namespace))
    return in_space and selects_pod(peer.pod_selector, pod)


def _whose(group: Group) -> str:
    ends = listed(
        str(denial.other) if denial.other else denial.reading.peer
        for denial in group
        if denial.reading
    )
    return f"{ends} {'are' if ' and ' in ends else 'is'}"


def _addresses(group: Group) -> Iterable[str]:
    return (address for denial in group if denial.reading for address in denial.reading.addresses)


RULE = Rule(
    id=ID,
    concludes=(
        "A policy names by selectors who is on its node's network (or is a node): its packets have "
        "the node's address, which no selector matches."
    ),
    mend="allow the addresses of the nodes that it runs on, by an ipBlock for each",
    needs="the prediction's readings of pods on their node's network, and which of them was seen",
    find_in=find,
)
