"""The whole trail of a link: both directions, every policy that selects, every rule, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from prober.model.objects import NetworkPolicy
from prober.model.prediction import BackendTrail, DirectionTrail, PolicyTrail, RuleTrail
from prober.policy.legs import Leg, Side
from prober.policy.matchers import PolicyMatcher, RuleMatcher
from prober.policy.matching import GOVERNED, MATCHES, MAYBE, NO, RULINGS, agree, rule_levels, side_level
from prober.policy.parties import Link
from prober.policy.verdicts import SideWording
from prober.policy.wording import RuleWording
from prober.policy.world import World


class Trails:
    """Builds trails over one world."""

    def __init__(self, world: World) -> None:
        self._rules = RuleWording(world.sets)
        self._sides = SideWording(self._rules)

    def backend(self, link: Link, egress: Side, ingress: Side) -> BackendTrail:
        """The trail of one backend."""
        ruling = RULINGS[min(side_level(egress), side_level(ingress))]
        pod = ingress.subject.pod.ref if ingress.subject.pod else None
        return BackendTrail(link.label, link.target.port, ruling, self.direction(egress), self.direction(ingress), pod)

    def direction(self, side: Side) -> DirectionTrail:
        level = side_level(side)
        governed = tuple(leg for leg in side.legs if not leg.exempt)
        policies = tuple(self._policy(one, side, governed) for one in side.applied.policies) if governed else ()
        pod = side.subject.pod.ref if side.subject.pod else None
        return DirectionTrail(side.direction, RULINGS[level], pod, self._sides.reason(side, level), policies)

    def _policy(self, one: PolicyMatcher, side: Side, legs: Sequence[Leg]) -> PolicyTrail:
        rules = one.rules(side.direction) or ()
        match = agree(max((rule_levels(rule, leg)[0] for rule in rules), default=NO) for leg in legs)
        if legs[0].target.protocol not in GOVERNED:
            match = MAYBE
        return PolicyTrail(
            one.policy.ref, MATCHES[match], tuple(self._rule(one.policy, rule, side, legs) for rule in rules)
        )

    def _rule(self, policy: NetworkPolicy, rule: RuleMatcher, side: Side, legs: Sequence[Leg]) -> RuleTrail:
        match, peers, ports = (agree(column) for column in zip(*(rule_levels(rule, leg) for leg in legs), strict=True))
        reason = self._rules.reason(policy, rule, side, legs)
        return RuleTrail(rule.index, MATCHES[match], MATCHES[peers], MATCHES[ports], reason, rule.rule)
