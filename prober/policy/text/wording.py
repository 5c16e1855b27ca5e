"""Why one rule matches a flow, may match it, or does not: a sentence that a person at 3 a.m.
understands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prober.model.listing import listed
from prober.model.objects import Labels, LabelSelector, NetworkPolicy, PolicyPort, Requirement
from prober.model.prediction import Direction
from prober.policy.deciding.rules.addresses import Address, Block, format_address
from prober.policy.deciding.rules.interpretations import FlowDirection, Interpretation
from prober.policy.deciding.rules.levels import NO, YES, Level, Levels
from prober.policy.deciding.rules.network_policy_rules import RuleMatcher
from prober.policy.deciding.rules.peers import PeerMatcher
from prober.policy.deciding.rules.pod_sets import PodSets
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpoint, PolicyEndpointKind, Target
from prober.policy.deciding.rules.ports import ports_level
from prober.policy.deciding.rules.selectors import complaint_about, requirements
from prober.policy.text.phrases import say_block, say_ports, say_rule

_EXPLAINED_PEERS = 3
_MOST_MISSED = 1 << 16
"""Sentences that are kept."""


class RuleWording:
    """Explains rules. Needs the pods' and namespaces' labels to say which one is missing."""

    def __init__(self, sets: PodSets) -> None:
        self._sets = sets
        self._needed: dict[int, tuple[Requirement, ...]] = {}  # the same of selectors
        self._said: dict[int, str] = {}  # by identity: the matchers live as long as the world
        self._missed: dict[tuple[int, int], str] = {}  # by identity of the rule, and pod

    def reason(
        self,
        policy: NetworkPolicy,
        rule: RuleMatcher,
        flow_direction: FlowDirection,
        interpretations: Sequence[Interpretation],
        levels: Levels,
    ) -> str:
        """One sentence over all of `interpretations` (those that policies decide), on whose
        `levels` they agree."""
        match, peers, ports = levels
        if match == YES:
            return self._whole(policy, rule, flow_direction.direction)
        parts = []
        if peers != YES:
            parts.append("peers: " + self._peers(policy, rule, interpretations))
        if ports != YES:
            missed = (
                (
                    say_port_mismatch(
                        rule.ports, flow_direction, interpretation, settled=rule.settled
                    ),
                    interpretation,
                )
                for interpretation in interpretations
            )
            parts.append("ports: " + _distinct(missed))
        return (
            "; ".join(parts)
            or f"{self._whole(policy, rule, flow_direction.direction)}, in some readings only"
        )

    def _complaint(self, selector: LabelSelector, labels: Labels) -> str:
        """What keeps labels from being selected. What a selector needs is worked out once."""
        needed = self._needed.get(id(selector))
        if needed is None:
            needed = self._needed[id(selector)] = requirements(selector)
        return complaint_about(needed, labels)

    def _whole(self, policy: NetworkPolicy, rule: RuleMatcher, direction: Direction) -> str:
        """What a rule allows. Said once: most flows of a cluster pass through a few rules."""
        sentence = self._said.get(id(rule))
        if sentence is None:
            sentence = self._said[id(rule)] = say_rule(policy, rule.rule, direction)
        return sentence

    def _peers(
        self, policy: NetworkPolicy, rule: RuleMatcher, interpretations: Sequence[Interpretation]
    ) -> str:
        if len(interpretations) == 1:
            return self._peers_once(policy, rule, interpretations[0])
        return _distinct(
            (self.peers_in(policy, rule, interpretation), interpretation)
            for interpretation in interpretations
        )

    def _peers_once(
        self, policy: NetworkPolicy, rule: RuleMatcher, interpretation: Interpretation
    ) -> str:
        """The same of one reading. What a rule misses in a pod is the same for all its ports and
        for every pod that the policy selects."""
        pod = interpretation.peer.index
        if pod < 0 or interpretation.frontend or interpretation.peer.host_network:
            return self.peers_in(policy, rule, interpretation)
        said = self._missed.get((id(rule), pod))
        if said is not None:
            return said
        said = self.peers_in(policy, rule, interpretation)
        if not any(peer.block for peer in rule.peers):  # what a block says, a reading supposes
            if len(self._missed) > _MOST_MISSED:
                self._missed.clear()
            self._missed[id(rule), pod] = said
        return said

    def peers_in(
        self, policy: NetworkPolicy, rule: RuleMatcher, interpretation: Interpretation
    ) -> str:
        """Why the peers of a rule do not surely match in one reading; empty where they do."""
        if interpretation.peer.sampled and any(peer.block for peer in rule.peers):
            blocks = listed(
                (say_block(peer.block.source) for peer in rule.peers if peer.block), "or"
            )
            return (
                f"the address of {interpretation.peer.name} is not known, so {blocks} may or may "
                "not hold it"
            )
        clauses: list[str] = []
        for peer in rule.peers:
            clause = self._peer(policy, peer, interpretation)
            if not clause:
                return ""
            clauses.append(clause)
        kept = list(dict.fromkeys(clauses))
        if len(kept) > _EXPLAINED_PEERS:
            return (
                f"none of the {len(rule.peers)} peers surely is {interpretation.peer.name} "
                f"({kept[0]}, …)"
            )
        return ", and ".join(kept)

    def _peer(
        self, policy: NetworkPolicy, peer: PeerMatcher, interpretation: Interpretation
    ) -> str:
        """Why one peer does not surely match in one reading; empty where it does."""
        if peer.block and interpretation.frontend:
            return _say_frontend(peer.block, interpretation)
        level = peer.level(interpretation.peer)
        if level == YES:
            return ""
        if peer.block:
            return (
                _say_outside(peer.block, interpretation.peer)
                if interpretation.peer.kind is PolicyEndpointKind.HOST
                else _say_inside(peer.block, interpretation.peer, level)
            )
        return self._selectors(policy, peer, interpretation.peer)

    def _selectors(
        self, policy: NetworkPolicy, matcher: PeerMatcher, endpoint: PolicyEndpoint
    ) -> str:
        pod, peer = endpoint.pod, matcher.peer
        if pod is None or endpoint.kind is not PolicyEndpointKind.POD:
            what = "a node" if endpoint.kind is PolicyEndpointKind.NODE else "outside the cluster"
            return f"selectors select pods, and {endpoint.name} is {what}"
        if peer.namespace_selector is None and pod.namespace != policy.namespace:
            return (
                "a podSelector without a namespaceSelector means namespace "
                f"{policy.namespace}, and {endpoint.name} is in "
                f"{pod.namespace}"
            )
        if peer.namespace_selector is not None:
            failing = self._complaint(
                peer.namespace_selector, self._sets.namespace_labels(pod.namespace)
            )
            if failing:
                return f"namespace {pod.namespace} {failing}"
        return (
            f"{endpoint.name} {self._complaint(peer.pod_selector, pod.labels)}"
            if peer.pod_selector
            else ""
        )


def say_port_mismatch(
    ports: tuple[PolicyPort, ...],
    flow_direction: FlowDirection,
    interpretation: Interpretation,
    *,
    settled: bool = False,
) -> str:
    """Why the ports of a rule do not surely match in one reading; empty where they do."""
    target = interpretation.target
    if not target.governed and not settled:
        return f"NetworkPolicy v1 does not say what happens to {target.protocol}"
    if ports_level(ports, target, settled=settled) == YES:
        return ""
    if interpretation.frontend and ports_level(ports, interpretation.frontend.target) == YES:
        return (
            f"allows {say_ports(ports)}, and it is not defined whether an ipBlock sees this port "
            "before translation"
        )
    owner = port_owner(flow_direction, interpretation)
    asked = flow_direction.asked
    if asked and asked.target.port != target.port and ports_level(ports, asked.target) == YES:
        return (
            f"the rule names {asked.target.port}, which is the port of {asked.name}; {owner} is "
            f"{target.port}"
        )
    return f"allows {say_ports(ports)}; {owner} port is {say_target(target)}"


def port_owner(flow_direction: FlowDirection, interpretation: Interpretation) -> str:
    """Whose port the target is: for egress the peer's, for ingress the subject's, which is a
    pod."""
    return (
        "the pod's"
        if flow_direction.direction == "ingress"
        or interpretation.peer.kind is PolicyEndpointKind.POD
        else "the destination's"
    )


def say_target(target: Target) -> str:
    """`9090/TCP`, with what the pod calls it."""
    names = f" ({listed(sorted(target.names))})" if target.names else ""
    return f"{target.port}/{target.protocol}{names}" if target.port is not None else target.protocol


def _say_outside(block: Block, endpoint: PolicyEndpoint) -> str:
    """A block that does not hold a host's address."""
    holds_not = [address for address in endpoint.addresses if not block.contains(address)]
    if not holds_not:
        return ""
    address = holds_not[0]
    excepted = block.exception_for(address) if block.cidr.contains(address) else ""
    if excepted:
        return f"{format_address(address)} is excepted from {block.source.cidr} by {excepted}"
    if address[0] != block.cidr.version:
        return (
            f"{format_address(address)} is IPv{address[0]}, and {block.source.cidr} is "
            f"IPv{block.cidr.version}"
        )
    return f"{format_address(address)} is not in {say_block(block.source)}"


def _say_inside(block: Block, endpoint: PolicyEndpoint, level: Level) -> str:
    """An ipBlock against a pod or a node, for which it is not meant."""
    what = "pods" if endpoint.kind is PolicyEndpointKind.POD else "nodes"
    if level == NO and any(block.contains(address) for address in endpoint.addresses):
        return (
            f"{say_block(block.source)} holds the address of {endpoint.name}, but is not compared "
            f"with {what} here"
        )
    if level == NO:
        return (
            f"{say_block(block.source)} does not hold the address of "
            f"{endpoint.name}{_known(endpoint.addresses)}"
        )
    if not endpoint.addresses:
        return (
            f"the address of {endpoint.name} is not known, so {say_block(block.source)} may or may "
            "not hold it"
        )
    held = tuple(address for address in endpoint.addresses if block.contains(address))
    return (
        f"{say_block(block.source)} holds the address of {endpoint.name}{_known(held)}, and "
        "implementations differ about "
        f"an ipBlock that holds {what}"
    )


def _say_frontend(block: Block, interpretation: Interpretation) -> str:
    frontend = interpretation.frontend
    if frontend is None:
        return ""
    if not frontend.addresses:
        return (
            f"the address of {frontend.name} is not known, so {say_block(block.source)} may or may "
            "not hold it"
        )
    if all(block.contains(address) for address in frontend.addresses):
        return ""
    return (
        f"{say_block(block.source)} does not hold every address of "
        f"{frontend.name}{_known(frontend.addresses)}"
    )


def _known(addresses: Iterable[Address]) -> str:
    text = listed(format_address(address) for address in addresses)
    return f" ({text})" if text else ""


def _distinct(sentences: Iterable[tuple[str, Interpretation]]) -> str:
    """The different sentences, each with the reading that it is about when there are several."""
    sentences = tuple(sentences)
    if len(sentences) == 1:  # most flows: nothing is left open
        return sentences[0][0]
    by_sentence: dict[str, Interpretation] = {}
    for sentence, interpretation in sentences:
        if sentence:
            by_sentence.setdefault(sentence, interpretation)
    if len(by_sentence) == 1:
        return next(iter(by_sentence))
    told = [
        f"{interpretation.reading}, {sentence}" if interpretation.reading else sentence
        for sentence, interpretation in by_sentence.items()
    ]
    return "; ".join(told[:_EXPLAINED_PEERS])
