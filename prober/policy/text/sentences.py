"""Why a direction is allowed, denied or undefined: the sentence under a verdict."""

from __future__ import annotations

from collections.abc import Sequence

from prober.model.listing import listed
from prober.model.objects import NetworkPolicy
from prober.policy.deciding.matching import interpretation_level
from prober.policy.deciding.rules.interpretations import FlowDirection, Interpretation
from prober.policy.deciding.rules.levels import MAYBE, NO, YES, Level, agree
from prober.policy.deciding.rules.network_policy_rules import RuleMatcher
from prober.policy.deciding.rules.policies import PolicyMatcher
from prober.policy.text.phrases import say_peers, say_policies, say_port, say_rule, towards
from prober.policy.text.wording import RuleWording, port_owner, say_target

Owned = tuple[NetworkPolicy, RuleMatcher]


class DirectionWording:
    """Explains whole directions."""

    def __init__(self, rules: RuleWording, *, settled: bool) -> None:
        self._rules = rules
        self._settled = settled

    def reason(self, flow_direction: FlowDirection, level: Level) -> str:
        """One sentence: what decided, or why it is undefined."""
        reason = self._decision(flow_direction, level)
        if not flow_direction.applied.unnamed:
            return reason
        governed = any(
            not (interpretation.exempt or interpretation.barred)
            for interpretation in flow_direction.interpretations
        )
        return reason + _unnamed(flow_direction) if governed else reason

    def _decision(self, flow_direction: FlowDirection, level: Level) -> str:
        barred = next(
            (
                interpretation.barred
                for interpretation in flow_direction.interpretations
                if interpretation.barred
            ),
            "",
        )
        if barred:
            return (
                barred
                if level == NO
                else f"the address of {flow_direction.peer.name} is not known: {barred}, or not"
            )
        governed = tuple(
            interpretation
            for interpretation in flow_direction.interpretations
            if not interpretation.exempt
        )
        if not governed:
            return flow_direction.interpretations[-1].exempt
        if not flow_direction.applied.policies:
            return f"no {flow_direction.direction} policy selects {flow_direction.subject.name}"
        if level == YES:
            return _say_allowed(flow_direction, governed)
        if level == MAYBE and not governed[0].target.governed and not self._settled:
            return (
                f"NetworkPolicy v1 does not say what happens to {governed[0].target.protocol}, and "
                f"{say_policies(_policies(flow_direction), flow_direction.direction)} "
                f"isolates {flow_direction.subject.name}"
            )
        if level == NO:
            return self._denied(
                flow_direction,
                next(
                    interpretation
                    for interpretation in governed
                    if interpretation_level(flow_direction, interpretation) == NO
                ),
            )
        return self._undefined(flow_direction, governed)

    def _undefined(self, flow_direction: FlowDirection, governed: Sequence[Interpretation]) -> str:
        unsure = next(
            (
                interpretation
                for interpretation in governed
                if interpretation_level(flow_direction, interpretation) == MAYBE
            ),
            None,
        )
        if unsure:
            policy, rule = next(
                owned for owned in _owned(flow_direction) if owned[1].levels(unsure)[0] == MAYBE
            )
            why = self._rules.reason(policy, rule, flow_direction, (unsure,), rule.levels(unsure))
            return f"{flow_direction.direction} policy {policy.ref} may allow it: {_clause(why)}"
        denied = next(
            interpretation
            for interpretation in flow_direction.interpretations
            if interpretation_level(flow_direction, interpretation) == NO
        )
        allowed = next(
            interpretation
            for interpretation in flow_direction.interpretations
            if interpretation_level(flow_direction, interpretation) == YES
        )
        if denied.peer.sampled and allowed.peer.sampled and not allowed.exempt:
            policy, rule = next(
                owned for owned in _owned(flow_direction) if owned[1].levels(allowed)[0] == YES
            )
            what = say_rule(policy, rule.rule, flow_direction.direction)
            return (
                f"the address of {flow_direction.peer.name} is not known, and "
                f"{flow_direction.direction} policy "
                f"{policy.ref} {what} only"
            )
        why = self._denied(flow_direction, denied)
        return f"{_reading(allowed)} it is allowed; {_reading(denied)} it is denied ({why})"

    def _denied(self, flow_direction: FlowDirection, interpretation: Interpretation) -> str:
        owned = _owned(flow_direction)
        names = say_policies(_policies(flow_direction), flow_direction.direction)
        verb = "allows" if len(flow_direction.applied.policies) == 1 else "allow"
        if not owned:
            return f"{names} {verb} nothing"
        by_ports = [
            owned_rule for owned_rule in owned if owned_rule[1].levels(interpretation)[1] > NO
        ]
        if by_ports:
            return _say_other_ports(flow_direction, interpretation, by_ports)
        by_peers = [
            owned_rule for owned_rule in owned if owned_rule[1].levels(interpretation)[2] > NO
        ]
        if by_peers:
            return self._say_other_peers(flow_direction, interpretation, by_peers)
        return (
            f"{names} {verb} neither {interpretation.peer.name} nor port "
            f"{say_target(interpretation.target)}"
        )

    def _say_other_peers(
        self, flow_direction: FlowDirection, interpretation: Interpretation, rules: Sequence[Owned]
    ) -> str:
        """Rules allow the port, but only to or from others."""
        policy, rule = rules[0]
        mine = [owned_rule for owner, owned_rule in rules if owner is policy]
        peers = say_peers(
            tuple(peer for matcher in mine for peer in matcher.rule.peers), policy.namespace
        )
        whom = f"{towards(flow_direction.direction)} {peers}"
        start = (
            f"{flow_direction.direction} policy {policy.ref} allows "
            f"{say_target(interpretation.target)} only {whom}"
        )
        return f"{start}: {self._rules.peers_in(policy, rule, interpretation)}"


def _say_allowed(flow_direction: FlowDirection, governed: Sequence[Interpretation]) -> str:
    for policy, rule in _owned(flow_direction):
        if agree(rule.levels(interpretation)[0] for interpretation in governed) == YES:
            what = say_rule(policy, rule.rule, flow_direction.direction)
            return f"{flow_direction.direction} policy {policy.ref} {what}"
    return (
        f"{say_policies(_policies(flow_direction), flow_direction.direction)} together allow it "
        "in every reading"
    )


def _say_other_ports(
    flow_direction: FlowDirection, interpretation: Interpretation, rules: Sequence[Owned]
) -> str:
    """Rules match the other end, but allow other ports."""
    policy = rules[0][0]
    mine = [owned_rule for owner, owned_rule in rules if owner is policy]
    ports = listed(say_port(port, brief=True) for matcher in mine for port in matcher.ports)
    same_peers = all(matcher.rule.peers == mine[0].rule.peers for matcher in mine)
    whom = say_peers(mine[0].rule.peers, policy.namespace) if same_peers else "it"
    port = (
        interpretation.target.port
        if interpretation.target.protocol == "TCP"
        else say_target(interpretation.target)
    )
    return (
        f"{flow_direction.direction} policy {policy.ref} allows {ports} "
        f"{towards(flow_direction.direction)} {whom}; "
        f"nothing allows {port}{_translated(flow_direction, interpretation)}"
    )


def _translated(flow_direction: FlowDirection, interpretation: Interpretation) -> str:
    """Whose port it is that nothing allows, where the client asked for another one."""
    asked = flow_direction.asked
    if asked is None or asked.target.port == interpretation.target.port:
        return ""
    kind = asked.name.partition(" ")[0]
    return (
        f" ({port_owner(flow_direction, interpretation)} port; {asked.target.port} is the {kind}'s)"
    )


def _owned(flow_direction: FlowDirection) -> list[Owned]:
    return [
        (matcher.policy, rule)
        for matcher in _network_policies(flow_direction)
        for rule in _rules(matcher, flow_direction)
    ]


def _rules(policy: PolicyMatcher, flow_direction: FlowDirection) -> tuple[RuleMatcher, ...]:
    return policy.rules(flow_direction.direction) or ()


def _policies(flow_direction: FlowDirection) -> tuple[NetworkPolicy, ...]:
    return tuple(matcher.policy for matcher in _network_policies(flow_direction))


def _network_policies(flow_direction: FlowDirection) -> list[PolicyMatcher]:
    return [
        matcher for matcher in flow_direction.applied.policies if isinstance(matcher, PolicyMatcher)
    ]


def _unnamed(flow_direction: FlowDirection) -> str:
    """That policies count though their `policyTypes` leave the direction out."""
    direction = flow_direction.direction
    refs = listed(str(policy.ref) for policy in flow_direction.applied.unnamed)
    return f" (policyTypes of {refs} leaves out {direction}; here its rules are applied anyway)"


def _reading(interpretation: Interpretation) -> str:
    return interpretation.reading or "otherwise"


def _clause(reason: str) -> str:
    return reason.removeprefix("peers: ")
