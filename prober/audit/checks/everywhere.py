"""What the two checks about loose peers share: is a peer everyone."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.view import PolicyRuleAt, View, rules, selects_all
from prober.model.objects import PolicyPeer
from prober.model.prediction import Direction

_WORLD = ("0.0.0.0/0", "::/0")


def from_everywhere(
    view: View, direction: Direction, *, ports: bool
) -> Iterator[tuple[PolicyRuleAt, str]]:
    """The rules with a peer that is everyone, each with what it says; those that name ports, or
    those that do not."""
    for rule in rules(view, direction):
        if bool(rule.rule.ports) is ports:
            said = who(tuple(matcher.peer for matcher in rule.rule.peers))
            if said:
                yield rule, said


def who(peers: tuple[PolicyPeer, ...]) -> str:
    """How the peers mean everyone; empty when they do not."""
    if not peers:
        return "anyone"
    for peer in peers:
        if peer.ip_block and peer.ip_block.cidr in _WORLD and not peer.ip_block.excepts:
            return f"every address of {peer.ip_block.cidr}"
        if selects_all(peer.namespace_selector) and (
            peer.pod_selector is None or peer.pod_selector.empty
        ):
            return "every pod of every namespace"
    return ""
