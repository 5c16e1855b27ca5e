"""Policies made ready for matching: selectors become sets of pods, ipBlocks ranges of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from prober.model.objects import NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule
from prober.model.prediction import Direction
from prober.policy.deciding.addresses import Address, Block, compile_block, samples
from prober.policy.deciding.pod_sets import PodSet, PodSets


@dataclass(frozen=True, slots=True)
class PeerMatcher:
    """One item of `from` or `to`."""

    peer: PolicyPeer
    pods: PodSet
    """Those that the selectors select; none for an ipBlock."""
    block: Block | None


@dataclass(frozen=True, slots=True)
class RuleMatcher:
    """One rule. No peers: anyone. No ports: every port."""

    index: int
    rule: PolicyRule
    peers: tuple[PeerMatcher, ...]
    ports: tuple[PolicyPort, ...]


@dataclass(frozen=True, slots=True)
class PolicyMatcher:
    """A policy, the pods it selects, and its rules for the directions it is about (None: not about
    that one)."""

    policy: NetworkPolicy
    subjects: PodSet
    ingress: tuple[RuleMatcher, ...] | None
    egress: tuple[RuleMatcher, ...] | None

    def rules(self, direction: Direction) -> tuple[RuleMatcher, ...] | None:
        return self.ingress if direction == "ingress" else self.egress


@dataclass(frozen=True)
class Applied:
    """The policies that select one pod in one direction, in the snapshot's order. None: the pod is
    not isolated."""

    direction: Direction
    policies: tuple[PolicyMatcher, ...]

    @cached_property
    def rules(self) -> tuple[RuleMatcher, ...]:
        """All rules of all policies: they are a union."""
        return tuple(
            rule for policy in self.policies for rule in policy.rules(self.direction) or ()
        )

    @cached_property
    def has_blocks(self) -> bool:
        return next(self._blocks(), None) is not None

    @cached_property
    def samples(self) -> tuple[Address, ...]:
        """Addresses that stand for every address outside, as far as these policies can tell them
        apart."""
        return samples(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        return (peer.block for rule in self.rules for peer in rule.peers if peer.block)


def compile_policy(policy: NetworkPolicy, sets: PodSets) -> PolicyMatcher:
    """Rules of a direction that `policyTypes` doesn't name are ignored, as the API says of them."""
    subjects = sets.of_namespace(policy.namespace) & sets.select(policy.pod_selector)
    ingress = _rules(policy, policy.ingress, sets) if "Ingress" in policy.types else None
    egress = _rules(policy, policy.egress, sets) if "Egress" in policy.types else None
    return PolicyMatcher(policy, subjects, ingress, egress)


def _rules(
    policy: NetworkPolicy, rules: tuple[PolicyRule, ...], sets: PodSets
) -> tuple[RuleMatcher, ...]:
    return tuple(
        RuleMatcher(
            index,
            rule,
            tuple(_peer(policy.namespace, peer, sets) for peer in rule.peers),
            rule.ports,
        )
        for index, rule in enumerate(rules)
    )


def _peer(namespace: str, peer: PolicyPeer, sets: PodSets) -> PeerMatcher:
    """Both selectors in one item must hold; a podSelector alone means the policy's own
    namespace."""
    if peer.ip_block:
        return PeerMatcher(peer, 0, compile_block(peer.ip_block))
    if peer.namespace_selector is None and peer.pod_selector is None:
        return PeerMatcher(peer, 0, None)  # the API server rejects it; it names nobody
    within = (
        sets.of_namespace(namespace)
        if peer.namespace_selector is None
        else sets.select_namespaces(peer.namespace_selector)
    )
    pods = sets.all if peer.pod_selector is None else sets.select(peer.pod_selector)
    return PeerMatcher(peer, within & pods, None)
