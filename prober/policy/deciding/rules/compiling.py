"""From a NetworkPolicy as it was written to one that is ready for matching. Everything is compiled
once for a snapshot.

What the engine reads its own way is settled here, as far as the policy alone tells, so that
matching a flow asks nobody: how ipBlocks see what is inside, what becomes of protocols that the API
does not speak of, and which directions count. About the last: the API ignores the rules of a
direction that `policyTypes` leaves out, and Cilium applies them.
"""

from __future__ import annotations

from prober.model.objects import NetworkPolicy, PolicyPeer, PolicyRule
from prober.policy.deciding.rules.addresses import compile_block
from prober.policy.deciding.rules.network_policy_rules import RuleMatcher
from prober.policy.deciding.rules.peers import Inside, PeerMatcher
from prober.policy.deciding.rules.pod_sets import PodSets
from prober.policy.deciding.rules.policies import PolicyMatcher


def compile_policy(
    policy: NetworkPolicy,
    sets: PodSets,
    inside: Inside = Inside.OPEN,
    *,
    settled: bool = False,
    unnamed: bool = False,
) -> PolicyMatcher:
    """Rules of a direction that `policyTypes` doesn't name are ignored, as the API says of them;
    where `unnamed` is set they are applied all the same, and isolate."""
    # Everything is compiled once for a snapshot: selectors become sets of pods, so that matching
    # one is a shift and a mask, however many labels it names.
    subjects = sets.of_namespace(policy.namespace) & sets.select(policy.pod_selector)

    def compiled(rules: tuple[PolicyRule, ...]) -> tuple[RuleMatcher, ...]:
        return tuple(
            RuleMatcher(
                index, rule, _peers(policy.namespace, rule, sets, inside), rule.ports, settled
            )
            for index, rule in enumerate(rules)
        )

    # A direction that is named and has no rules is a default deny; one that is not named and has
    # none is left alone by everybody.
    types = policy.types + (policy.unnamed if unnamed else ())
    ingress = compiled(policy.ingress) if "Ingress" in types else None
    egress = compiled(policy.egress) if "Egress" in types else None
    return PolicyMatcher(policy, subjects, ingress, egress)


def _peers(
    namespace: str, rule: PolicyRule, sets: PodSets, inside: Inside
) -> tuple[PeerMatcher, ...]:
    return tuple(_peer(namespace, peer, sets, inside) for peer in rule.peers)


def _peer(namespace: str, peer: PolicyPeer, sets: PodSets, inside: Inside) -> PeerMatcher:
    """Both selectors in one item must hold; a podSelector alone means the policy's own
    namespace."""
    if peer.ip_block:
        return PeerMatcher(peer, 0, compile_block(peer.ip_block), inside)
    if peer.namespace_selector is None and peer.pod_selector is None:
        return PeerMatcher(peer, 0, None)  # the API server rejects it; it names nobody
    within = (
        sets.of_namespace(namespace)
        if peer.namespace_selector is None
        else sets.select_namespaces(peer.namespace_selector)
    )
    pods = sets.all if peer.pod_selector is None else sets.select(peer.pod_selector)
    return PeerMatcher(peer, within & pods, None)
