"""The one place that decides what matches. The quick answer and the trail are both made of these
functions.

Matches are numbers, ordered so that `max` is "any of" and `min` is "all of": NO < MAYBE < YES.
Rulings use the same numbers (denied < undefined < allowed), which makes the verdict over two
directions their minimum.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prober.model.objects import PolicyPort
from prober.model.prediction import Match, Ruling
from prober.policy.deciding.interpretations import Leg, Side
from prober.policy.deciding.matchers import PeerMatcher, RuleMatcher
from prober.policy.deciding.policy_endpoints import Front, Party, PartyKind, Target

Level = int
Levels = tuple[Level, Level, Level]
"""Of a rule: does it match, do its peers, do its ports. Of a link: verdict, egress, ingress."""

NO: Final[Level] = 0
MAYBE: Final[Level] = 1
YES: Final[Level] = 2

MATCHES: Final = (Match.NO, Match.MAYBE, Match.YES)
RULINGS: Final = (Ruling.DENIED, Ruling.UNDEFINED, Ruling.ALLOWED)

GOVERNED = frozenset({"TCP", "UDP", "SCTP"})
"""The protocols that NetworkPolicy v1 speaks of. "For other protocols, such as ARP or ICMP, the
behaviour is undefined", and so are allow rules about them (concept page, "Network traffic
filtering")."""


def agree(levels: Iterable[Level]) -> Level:
    """The level that all have; MAYBE when they differ."""
    found = None
    for level in levels:
        if found is None:
            found = level
        elif level != found:
            return MAYBE
    return MAYBE if found is None else found


def side_level(side: Side) -> Level:
    """The ruling of one direction: what every permitted reading says, or undefined."""
    legs = side.legs
    return (
        leg_level(side, legs[0]) if len(legs) == 1 else agree(leg_level(side, leg) for leg in legs)
    )


def leg_level(side: Side, leg: Leg) -> Level:
    """The ruling of one reading: allowed if any rule matches; else undefined if any may; else
    denied."""
    if leg.barred:
        return NO
    if leg.exempt or not side.applied.policies:
        return YES
    if leg.target.protocol not in GOVERNED:
        return MAYBE
    best = NO
    for rule in side.applied.rules:
        level = rule_levels(rule, leg)[0]
        if level == YES:
            return YES
        if level:
            best = MAYBE
    return best


def rule_levels(rule: RuleMatcher, leg: Leg) -> Levels:
    """Does the rule match, do its peers, do its ports."""
    if leg.front is not None:
        return _levels_before_translation(rule, leg, leg.front)
    peers = max([peer_level(peer, leg.peer) for peer in rule.peers]) if rule.peers else YES
    ports = ports_level(rule.ports, leg.target)
    return (peers if peers < ports else ports), peers, ports


def _levels_before_translation(rule: RuleMatcher, leg: Leg, front: Front) -> Levels:
    """As where the plugin compares ipBlocks before a Service rewrites the destination; selectors
    see the backend.

    The API does not say whether the port is rewritten together with the address, so either port
    will do there.
    """
    plain = [peer_level(peer, leg.peer) for peer in rule.peers if peer.block is None]
    blocks = [_front_level(peer, front) for peer in rule.peers if peer.block is not None]
    selected = max(plain) if plain else YES if not rule.peers else NO
    blocked = max(blocks) if blocks else NO
    ports = ports_level(rule.ports, leg.target)
    either = max(ports, ports_level(rule.ports, front.target))
    match = max(min(selected, ports), min(blocked, either))
    return match, max(selected, blocked), either if blocked > selected else ports


def peer_level(matcher: PeerMatcher, party: Party) -> Level:
    """Does one item of `from` or `to` match this party.

    Selectors match pods only. An ipBlock decides exactly for hosts outside; for the addresses of
    pods and nodes it is not meant, and implementations differ, so there it may match but never
    surely does.
    """
    block = matcher.block
    if block is None:
        return YES if party.kind is PartyKind.POD and matcher.pods >> party.index & 1 else NO
    if party.kind is PartyKind.HOST:
        return agree([YES if block.contains(address) else NO for address in party.addresses])
    if not party.addresses:
        return NO if block.empty else party.held
    return party.held if any(block.contains(address) for address in party.addresses) else NO


def _front_level(matcher: PeerMatcher, front: Front) -> Level:
    block = matcher.block
    if block is None or block.empty:
        return NO
    return agree([YES if block.contains(address) else NO for address in front.addresses])


def ports_level(ports: tuple[PolicyPort, ...], target: Target) -> Level:
    """Does any item of `ports` match; no items match every port. What v1 does not speak of may
    match."""
    if target.protocol not in GOVERNED:
        return MAYBE
    if not ports:
        return YES
    for port in ports:
        if port_matches(port, target):
            return YES
    return NO


def port_matches(wanted: PolicyPort, target: Target) -> bool:
    """A number, a range, or a name that the destination pod gives to this port in this protocol."""
    if wanted.protocol != target.protocol:
        return False
    port = wanted.port
    if port is None:
        return True
    if isinstance(port, str):
        return port in target.names
    if wanted.end_port is not None:
        return target.port is not None and port <= target.port <= wanted.end_port
    return port == target.port
