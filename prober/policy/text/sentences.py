"""Why a direction is allowed, denied or undefined: the sentence under a verdict."""

from __future__ import annotations

from collections.abc import Sequence

from prober.model.objects import NetworkPolicy
from prober.policy.deciding.interpretations import FlowDirection, Interpretation
from prober.policy.deciding.levels import MAYBE, NO, YES, Level, agree
from prober.policy.deciding.matchers import PolicyMatcher, RuleMatcher
from prober.policy.deciding.matching import interpretation_level
from prober.policy.text.phrases import listed, say_peers, say_policies, say_port, say_rule, towards
from prober.policy.text.wording import RuleWording, port_owner, say_target

Owned = tuple[NetworkPolicy, RuleMatcher]


class DirectionWording:
    """Explains whole directions."""

    def __init__(self, rules: RuleWording, *, settled: bool) -> None:
        self._rules = rules
        self._settled = settled

    def reason(self, side: FlowDirection, level: Level) -> str:
        """One sentence: what decided, or why it is undefined."""
        barred = next((leg.barred for leg in side.interpretations if leg.barred), "")
        if barred:
            return (
                barred
                if level == NO
                else f"the address of {side.peer.name} is not known: {barred}, or not"
            )
        governed = tuple(leg for leg in side.interpretations if not leg.exempt)
        if not governed:
            return side.interpretations[-1].exempt
        if not side.applied.policies:
            return f"no {side.direction} policy selects {side.subject.name}"
        if level == YES:
            return _say_allowed(side, governed)
        if level == MAYBE and not governed[0].target.governed and not self._settled:
            return (
                f"NetworkPolicy v1 does not say what happens to {governed[0].target.protocol}, and "
                f"{say_policies(_policies(side), side.direction)} isolates {side.subject.name}"
            )
        if level == NO:
            return self._denied(
                side, next(leg for leg in governed if interpretation_level(side, leg) == NO)
            )
        return self._undefined(side, governed)

    def _undefined(self, side: FlowDirection, governed: Sequence[Interpretation]) -> str:
        unsure = next((leg for leg in governed if interpretation_level(side, leg) == MAYBE), None)
        if unsure:
            policy, rule = next(one for one in _owned(side) if one[1].levels(unsure)[0] == MAYBE)
            why = self._rules.reason(policy, rule, side, (unsure,), rule.levels(unsure))
            return f"{side.direction} policy {policy.ref} may allow it: {_clause(why)}"
        denied = next(leg for leg in side.interpretations if interpretation_level(side, leg) == NO)
        allowed = next(
            leg for leg in side.interpretations if interpretation_level(side, leg) == YES
        )
        if denied.peer.sampled and allowed.peer.sampled and not allowed.exempt:
            policy, rule = next(one for one in _owned(side) if one[1].levels(allowed)[0] == YES)
            what = say_rule(policy, rule.rule, side.direction)
            return (
                f"the address of {side.peer.name} is not known, and {side.direction} policy "
                f"{policy.ref} {what} only"
            )
        why = self._denied(side, denied)
        return f"{_reading(allowed)} it is allowed; {_reading(denied)} it is denied ({why})"

    def _denied(self, side: FlowDirection, leg: Interpretation) -> str:
        owned = _owned(side)
        names = say_policies(_policies(side), side.direction)
        verb = "allows" if len(side.applied.policies) == 1 else "allow"
        if not owned:
            return f"{names} {verb} nothing"
        by_ports = [one for one in owned if one[1].levels(leg)[1] > NO]
        if by_ports:
            return _say_other_ports(side, leg, by_ports)
        by_peers = [one for one in owned if one[1].levels(leg)[2] > NO]
        if by_peers:
            return self._say_other_peers(side, leg, by_peers)
        return f"{names} {verb} neither {leg.peer.name} nor port {say_target(leg.target)}"

    def _say_other_peers(
        self, side: FlowDirection, leg: Interpretation, rules: Sequence[Owned]
    ) -> str:
        """Rules allow the port, but only to or from others."""
        policy, rule = rules[0]
        mine = [one for owner, one in rules if owner is policy]
        peers = say_peers(tuple(peer for one in mine for peer in one.rule.peers), policy.namespace)
        whom = f"{towards(side.direction)} {peers}"
        start = f"{side.direction} policy {policy.ref} allows {say_target(leg.target)} only {whom}"
        return f"{start}: {self._rules.leg_peers(policy, rule, leg)}"


def _say_allowed(side: FlowDirection, governed: Sequence[Interpretation]) -> str:
    for policy, rule in _owned(side):
        if agree(rule.levels(leg)[0] for leg in governed) == YES:
            what = say_rule(policy, rule.rule, side.direction)
            return f"{side.direction} policy {policy.ref} {what}"
    return f"{say_policies(_policies(side), side.direction)} together allow it in every reading"


def _say_other_ports(side: FlowDirection, leg: Interpretation, rules: Sequence[Owned]) -> str:
    """Rules match the other end, but allow other ports."""
    policy = rules[0][0]
    mine = [one for owner, one in rules if owner is policy]
    ports = listed(say_port(port, brief=True) for one in mine for port in one.ports)
    same_peers = all(one.rule.peers == mine[0].rule.peers for one in mine)
    whom = say_peers(mine[0].rule.peers, policy.namespace) if same_peers else "it"
    port = leg.target.port if leg.target.protocol == "TCP" else say_target(leg.target)
    return (
        f"{side.direction} policy {policy.ref} allows {ports} {towards(side.direction)} {whom}; "
        f"nothing allows {port}{_translated(side, leg)}"
    )


def _translated(side: FlowDirection, leg: Interpretation) -> str:
    """Whose port it is that nothing allows, where the client asked for another one."""
    asked = side.asked
    if asked is None or asked.target.port == leg.target.port:
        return ""
    kind = asked.name.partition(" ")[0]
    return f" ({port_owner(side, leg)} port; {asked.target.port} is the {kind}'s)"


def _owned(side: FlowDirection) -> list[Owned]:
    return [(one.policy, rule) for one in _network_policies(side) for rule in _rules(one, side)]


def _rules(policy: PolicyMatcher, side: FlowDirection) -> tuple[RuleMatcher, ...]:
    return policy.rules(side.direction) or ()


def _policies(side: FlowDirection) -> tuple[NetworkPolicy, ...]:
    return tuple(one.policy for one in _network_policies(side))


def _network_policies(side: FlowDirection) -> list[PolicyMatcher]:
    return [one for one in side.applied.policies if isinstance(one, PolicyMatcher)]


def _reading(leg: Interpretation) -> str:
    return leg.reading or "otherwise"


def _clause(reason: str) -> str:
    return reason.removeprefix("peers: ")
