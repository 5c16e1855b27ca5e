"""A policy means pods, and the other end is seen as a node: it is on its node's network."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, peer_is_missing
from prober.diagnosis.facts.peers import namespace_labels, other_pod, selects_pod
from prober.diagnosis.fixes.peer_edits import peers_put_right
from prober.diagnosis.fixes.policy_gap import Group, gap, grouped, who
from prober.model.check import EndpointKind
from prober.model.listing import listed
from prober.model.objects import Pod, PolicyPeer, Ref
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
            f"there: {_whose(group)}, and policies see {_seen(group)}",
            policy,
            group,
            evidence=["selectors select pods; a node can only be named by an ipBlock"],
            fixes=peers_put_right(group, policy, partial(_is_meant, group[0], policy, case), case),
        )


def _meaning(denial: Denial, case: Case) -> PolicyTrail | None:
    """The policy that would let the other end through, if it counted as the pod that it is; or
    that names the port for pods alone, where it is a node itself."""
    if not denial.seen_as_node or denial.reading is None:
        return None
    if denial.reading.opens is Open.SOURCE_ADDRESS:
        return None  # a pod or a host whose address was translated on the way
    for policy, rule in denial.near(peer_is_missing):
        if any(_is_meant(denial, policy.policy, case, peer) for peer in rule.rule.peers):
            return policy
    return None


def _is_meant(denial: Denial, policy: Ref, case: Case, peer: PolicyPeer) -> bool:
    """Whether the peer is there for the other end: it selects the pod that is on the network of its
    node; where a node itself asks, everybody, or a pod that is on its network."""
    if peer.ip_block is not None:
        return False
    pod = other_pod(denial, case)
    if pod is not None:
        return _means(peer, pod, policy, case)
    if denial.direction == "egress" and _selects_service(peer, denial, policy, case):
        return True
    addresses = set(denial.reading.addresses) if denial.reading else set()
    hosted = (
        pod
        for pod in case.snapshot.pods.values()
        if pod.host_network and pod.running and addresses & set(pod.ips)
    )
    return _is_everybody(peer) or any(_means(peer, pod, policy, case) for pod in hosted)


def _selects_service(peer: PolicyPeer, denial: Denial, policy: Ref, case: Case) -> bool:
    """Whether the peer is all pods of the namespace of the Service that was asked for, whose
    endpoint is a node: policies see neither the Service nor its namespace."""
    asked = denial.record.check.flow.destination
    if asked.kind is not EndpointKind.SERVICE or (
        peer.pod_selector and not peer.pod_selector.empty
    ):
        return False
    if peer.namespace_selector is None:
        return asked.namespace == policy.namespace
    return selects(peer.namespace_selector, namespace_labels(case, asked.namespace))


def _is_everybody(peer: PolicyPeer) -> bool:
    halves = (peer.namespace_selector, peer.pod_selector)
    return all(half is None or half.empty for half in halves)


def _means(peer: PolicyPeer, pod: Pod, policy: Ref, case: Case) -> bool:
    if peer.namespace_selector is None:
        return pod.namespace == policy.namespace and selects_pod(peer.pod_selector, pod)
    in_space = selects(peer.namespace_selector, namespace_labels(case, pod.namespace))
    return in_space and selects_pod(peer.pod_selector, pod)


def _whose(group: Group) -> str:
    pods = listed(str(denial.other) for denial in group if denial.other)
    if not pods:
        nodes = listed(denial.reading.peer for denial in group if denial.reading)
        return f"{nodes} {'are nodes' if ' and ' in nodes else 'is a node'}"
    return f"{pods} {'are' if ' and ' in pods else 'is'} on the network of the node"


def _seen(group: Group) -> str:
    """The addresses that policies see, and what they are."""
    addresses = list(dict.fromkeys(_addresses(group)))
    return f"{listed(addresses)}, " + (
        "an address of the node" if len(addresses) == 1 else "addresses of the nodes"
    )


def _addresses(group: Group) -> Iterable[str]:
    return (address for denial in group if denial.reading for address in denial.reading.addresses)


RULE = Rule(
    id=ID,
    concludes=(
        "A policy names by selectors who is on its node's network (or is a node): its packets have "
        "the node's address, which no selector matches."
    ),
    advice=(
        "allow the addresses of the nodes that it runs on, by an ipBlock for each; in Cilium, the "
        "entities host and remote-node, in a CiliumNetworkPolicy"
    ),
    needs="the prediction's readings of pods on their node's network, and which of them was seen",
    find_in=find,
)
