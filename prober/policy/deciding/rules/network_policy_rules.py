"""The rules of NetworkPolicy v1: those that are written, and two that the API's text implies.

A written rule only ever allows. It matches where one of its peers and one of its ports do, with an
empty list standing for everyone and for every port. The two implied ones (`OwnNodeRule`,
`UnspokenRule`) are what the API's text says about a pod's own node and about protocols without
ports, put as rules so that the fold over the tiers needs to know nothing about either.

The hard part is a flow to a Service. The destination is translated on its way, and the API leaves
open whether policies come before that or after. Selectors have one view only, the backend: the
address of a Service selects no pod. An ipBlock may see the one or the other. Where an engine may
look before the translation, the interpretation carries the `frontend`, what the client asked for,
and `_levels_before_translation` puts the two views together. An example: a client asks for
198.19.0.80:80, which is pod 198.18.1.10:9090, and the rule says `ipBlock: 198.19.0.0/16, port: 80`.
After the translation neither half matches. Before it both do, and that is the only reading under
which this rule allows anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from prober.model.objects import PolicyPort, PolicyRule
from prober.policy.deciding.rules.addresses import Block
from prober.policy.deciding.rules.interpretations import Interpretation
from prober.policy.deciding.rules.levels import MAYBE, NO, YES, Level, Levels, agree
from prober.policy.deciding.rules.peers import PeerMatcher
from prober.policy.deciding.rules.policy_endpoints import GOVERNED, ServiceFrontend, Target
from prober.policy.deciding.rules.ports import ports_level
from prober.policy.deciding.rules.terms import Chosen, Space
from prober.policy.deciding.rules.tiers import Action


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
