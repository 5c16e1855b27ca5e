"""Policies made ready for matching: selectors become sets of pods, ipBlocks ranges of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar, Protocol

from prober.model.objects import NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule, Ref
from prober.model.prediction import POLICY_TYPES, Direction
from prober.policy.deciding.addresses import Address, Block, compile_block, samples
from prober.policy.deciding.interpretations import Interpretation
from prober.policy.deciding.levels import MAYBE, NO, YES, Level, Levels, agree
from prober.policy.deciding.pod_sets import PodSet, PodSets
from prober.policy.deciding.policy_endpoints import (
    GOVERNED,
    PolicyEndpoint,
    PolicyEndpointKind,
    ServiceFrontend,
    Target,
)
from prober.policy.deciding.ports import Port, ports_level
from prober.policy.deciding.requests import Requests
from prober.policy.deciding.terms import Chosen, Space, Term
from prober.policy.deciding.tiers import Action, Tier


class Inside(Enum):
    """How an ipBlock reads the addresses of pods and nodes, for which the API says it is not
    meant."""

    OPEN = "implementations differ"
    NEVER = "it never matches them"
    ADDRESS = "it compares them like any other"


@dataclass(frozen=True, slots=True)
class PeerMatcher:
    """One item of a NetworkPolicy's `from` or `to`."""

    peer: PolicyPeer
    pods: PodSet
    """Those that the selectors select; none for an ipBlock."""
    block: Block | None
    inside: Inside = Inside.OPEN

    def level(self, endpoint: PolicyEndpoint) -> Level:
        """Does it match this endpoint.

        Selectors match pods only. An ipBlock decides exactly for hosts outside; for the addresses
        of pods and nodes it is not meant, and implementations differ, so there it may match but
        never surely does."""
        # A peer is either an ipBlock or selectors, never both: the API server refuses the
        # combination (validation of NetworkPolicyPeer).
        block = self.block
        if block is None:
            return (
                YES
                if endpoint.kind is PolicyEndpointKind.POD and self.pods >> endpoint.index & 1
                else NO
            )
        # Of several addresses that a host may be using, all must agree: which one DNS hands out is
        # not known.
        if endpoint.kind is PolicyEndpointKind.HOST:
            return agree([YES if block.contains(address) else NO for address in endpoint.addresses])
        # Cilium: pods and nodes have identities and are not looked up by address, so a CIDR never
        # means them. Others (packet filters with ipsets) compare whatever address the packet has.
        # The API recommends neither, so for it both may be.
        if self.inside is Inside.NEVER:
            return NO
        if not endpoint.addresses:
            return NO if block.empty else endpoint.held
        if self.inside is Inside.ADDRESS:
            return YES if block.contains(endpoint.addresses[0]) else NO
        return (
            endpoint.held if any(block.contains(address) for address in endpoint.addresses) else NO
        )

    def chosen(self, space: Space) -> Chosen:
        """The pods that it matches."""
        return (
            space.selected(self.pods)
            if self.block is None
            else space.held(self.block.source, self.level)
        )

    def blocks(self) -> Iterator[Block]:
        """Its ipBlock, if it is one."""
        if self.block:
            yield self.block


class Rule(Protocol):
    """A rule of any language, ready for matching."""

    @property
    def action(self) -> Action: ...

    def match(self, interpretation: Interpretation) -> Level:
        """Does it match an interpretation of a flow: the first of `levels`, found quicker."""

    def levels(self, interpretation: Interpretation) -> Levels:
        """Does it match an interpretation of a flow; do its peers; do its ports."""

    def chosen(self, space: Space) -> Chosen:
        """The pods that are its peers."""

    def ports_level(self, target: Target) -> Level:
        """Does it match a port."""

    def blocks(self) -> Iterator[Block]:
        """Every block of addresses that it compares with."""


@dataclass(frozen=True, slots=True)
class RuleMatcher:
    """One rule of a NetworkPolicy. No peers: anyone. No ports: every port."""

    index: int
    rule: PolicyRule
    peers: tuple[PeerMatcher, ...]
    ports: tuple[PolicyPort, ...]
    settled: bool = False
    """Whether the engine has decided what becomes of protocols that the API does not speak of, such
    as ICMP: a rule without ports matches them, one with ports does not."""

    action: ClassVar[Action] = Action.ALLOW
    """Rules of NetworkPolicies only ever allow."""

    def match(self, interpretation: Interpretation) -> Level:
        if interpretation.frontend is not None:
            return self.levels(interpretation)[0]
        ports = ports_level(self.ports, interpretation.target, settled=self.settled)
        # Ports first: comparing a number is cheaper than a set or a block, and most rules fail by
        # it.
        if ports == NO or not self.peers:
            return ports
        best = NO
        for peer in self.peers:
            level = peer.level(interpretation.peer)
            if level == YES:
                return ports
            best = max(best, level)
        return best

    def levels(self, interpretation: Interpretation) -> Levels:
        if interpretation.frontend is not None:
            return _levels_before_translation(self, interpretation, interpretation.frontend)
        peers = max([peer.level(interpretation.peer) for peer in self.peers]) if self.peers else YES
        ports = ports_level(self.ports, interpretation.target, settled=self.settled)
        return (peers if peers < ports else ports), peers, ports

    def chosen(self, space: Space) -> Chosen:
        if not self.peers:
            return Chosen(space.all, space.all)
        perhaps = surely = 0
        for peer in self.peers:
            each = peer.chosen(space)
            perhaps, surely = perhaps | each.perhaps, surely | each.surely
        return Chosen(perhaps, surely)

    def ports_level(self, target: Target) -> Level:
        return ports_level(self.ports, target, settled=self.settled)

    def blocks(self) -> Iterator[Block]:
        return (peer.block for peer in self.peers if peer.block)


def _levels_before_translation(
    rule: RuleMatcher, interpretation: Interpretation, frontend: ServiceFrontend
) -> Levels:
    """As where the plugin compares ipBlocks before a Service rewrites the destination; selectors
    see the backend.

    The API does not say whether the port is rewritten together with the address, so either port
    will do there."""
    # Selectors and ipBlocks of one rule are alternatives (a list of peers is an "or"), and each has
    # its own view of the destination: the backend for selectors, the Service's address for blocks.
    # So the rule matches if a selector and the backend's port do, or a block and either port.
    plain = [peer.level(interpretation.peer) for peer in rule.peers if peer.block is None]
    blocks = [_frontend_level(peer, frontend) for peer in rule.peers if peer.block is not None]
    selected = max(plain) if plain else YES if not rule.peers else NO
    blocked = max(blocks) if blocks else NO
    ports = rule.ports_level(interpretation.target)
    either = max(ports, rule.ports_level(frontend.target))
    match = max(min(selected, ports), min(blocked, either))
    return match, max(selected, blocked), either if blocked > selected else ports


def _frontend_level(matcher: PeerMatcher, frontend: ServiceFrontend) -> Level:
    block = matcher.block
    if block is None or block.empty:
        return NO
    return agree([YES if block.contains(address) else NO for address in frontend.addresses])


@dataclass(frozen=True, slots=True)
class TieredRule:
    """One rule of any other language."""

    index: int
    """Its place in the policy's list; of a list that the language keeps for denials alone, that
    list's place."""
    action: Action
    peer: Term
    ports: Port
    says: str
    """The rule as a predicate, as in `denies 443/TCP to 203.0.113.0/24`."""
    rule: Any = None
    """As it was written."""
    section: str = ""
    """The list it stands in, as in `ingressDeny`; empty: `ingress` or `egress`."""
    subject: Term | None = None
    """A condition about the policy's own pod, where the language has such."""
    narrowed: Level = YES
    """Whether that condition holds for the pod before which the rule stands."""
    requests: Requests | None = None
    """What of a connection that it allows is let through on layer 7; None: all of it."""
    key: str = ""
    """What every copy of a rule keeps, where a set of policies rearranges its rules."""
    note: str = ""
    """What a reader should know about it, such as a peer that this version does not know."""

    def match(self, interpretation: Interpretation) -> Level:
        # Port, then peer: the same order as for NetworkPolicies, for the same reason.
        ports = self.ports.level(interpretation.target) if self.narrowed else NO
        return min(ports, self.peer.level(interpretation.peer), self.narrowed) if ports else NO

    def levels(self, interpretation: Interpretation) -> Levels:
        peers, ports = self.peer.level(interpretation.peer), self.ports.level(interpretation.target)
        return min(peers, ports, self.narrowed), peers, ports

    def chosen(self, space: Space) -> Chosen:
        if self.narrowed == NO:
            return Chosen(0, 0)
        perhaps, surely = self.peer.chosen(space)
        # A condition about the policy's own pod that only perhaps holds leaves nothing that is
        # sure.
        return Chosen(perhaps, surely if self.narrowed == YES else 0)

    def ports_level(self, target: Target) -> Level:
        return self.ports.level(target)

    def blocks(self) -> Iterator[Block]:
        return self.peer.blocks()


@dataclass(frozen=True, slots=True)
class OwnNodeRule:
    """What NetworkPolicy says about a pod and its own node, as a rule before all others: always
    allowed."""

    action: Action = Action.ALLOW

    def match(self, interpretation: Interpretation) -> Level:
        return YES if interpretation.own_node else NO

    def levels(self, interpretation: Interpretation) -> Levels:
        level = YES if interpretation.own_node else NO
        return level, level, YES

    def chosen(self, space: Space) -> Chosen:
        return space.where(lambda endpoint: YES if endpoint.local else NO)

    def ports_level(self, target: Target) -> Level:
        return YES

    def blocks(self) -> Iterator[Block]:
        return iter(())


@dataclass(frozen=True, slots=True)
class UnspokenRule:
    """What NetworkPolicy says about other protocols than TCP, UDP and SCTP, as a rule: they may be
    allowed."""

    action: Action = Action.ALLOW

    def match(self, interpretation: Interpretation) -> Level:
        # NetworkPolicy v1 is "defined for layer 4 connections (TCP, UDP, and optionally SCTP)"; for
        # everything else, ICMP first of all, "the behavior may vary across network plugins"
        # (concept page). A rule that perhaps allows says exactly that.
        return NO if interpretation.target.protocol in GOVERNED else MAYBE

    def levels(self, interpretation: Interpretation) -> Levels:
        level = self.match(interpretation)
        return level, YES, level

    def chosen(self, space: Space) -> Chosen:
        return Chosen(space.all, space.all)

    def ports_level(self, target: Target) -> Level:
        return NO if target.governed else MAYBE

    def blocks(self) -> Iterator[Block]:
        return iter(())


class PolicyObject(Protocol):
    """A policy as it was written, in any language."""

    @property
    def ref(self) -> Ref: ...


@dataclass(frozen=True, slots=True)
class PolicyMatcher:
    """A NetworkPolicy, the pods it selects, and its rules for the directions it is about (None: not
    about that one)."""

    policy: NetworkPolicy
    subjects: PodSet
    ingress: tuple[RuleMatcher, ...] | None
    egress: tuple[RuleMatcher, ...] | None

    def rules(self, direction: Direction) -> tuple[RuleMatcher, ...] | None:
        return self.ingress if direction == "ingress" else self.egress

    def isolates(self, direction: Direction) -> bool:
        """Whether the pods that it selects are closed for what no rule allows."""
        return self.rules(direction) is not None

    def unnamed(self, direction: Direction) -> bool:
        """Whether it counts in a direction that its `policyTypes` leaves out."""
        return self.isolates(direction) and POLICY_TYPES[direction] not in self.policy.types


@dataclass(frozen=True, slots=True)
class TieredMatcher:
    """A policy of any other language."""

    policy: PolicyObject
    subjects: PodSet
    ingress: tuple[TieredRule, ...] | None
    egress: tuple[TieredRule, ...] | None
    priority: float = 0
    """Where it stands in its tier, lower first. For people: the tier has its policies in order."""
    place: str = ""
    """The same for a person, as in `priority 10`; empty where order means nothing."""
    unordered: bool = False
    """Whether policies of the same priority have no order among them."""
    closes_ingress: bool = False
    closes_egress: bool = False

    def rules(self, direction: Direction) -> tuple[TieredRule, ...] | None:
        return self.ingress if direction == "ingress" else self.egress

    def isolates(self, direction: Direction) -> bool:
        return self.closes_ingress if direction == "ingress" else self.closes_egress


AnyMatcher = PolicyMatcher | TieredMatcher


@dataclass(frozen=True)
class Applied:
    """The policies that select one pod in one direction, tier by tier. No tiers: the pod is
    open."""

    direction: Direction
    tiers: tuple[Tier[Rule], ...]
    policies: tuple[AnyMatcher, ...]
    """In the order of the tiers; policies of a union in the snapshot's."""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All rules of all tiers."""
        return tuple(
            rule
            for tier in self.tiers
            for group in tier.groups
            for rules in group
            for rule in rules
        )

    @cached_property
    def has_blocks(self) -> bool:
        """Whether an ipBlock of a NetworkPolicy is among the rules."""
        return any(isinstance(rule, RuleMatcher) and any(rule.blocks()) for rule in self.rules)

    @cached_property
    def samples(self) -> tuple[Address, ...]:
        """Addresses that stand for every address outside, as far as these policies can tell them
        apart."""
        return samples(block for rule in self.rules for block in rule.blocks())


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
