"""The whole trail of a link: both directions, every tier and policy that selects, every rule, each
with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from prober.model.objects import NetworkPolicy
from prober.model.prediction import BackendTrail, DirectionTrail, PolicyTrail, RuleTrail
from prober.policy.deciding.matching import interpretation_level
from prober.policy.deciding.readings import BackendReadings, definite, reading_of
from prober.policy.deciding.rules.interpretations import FlowDirection, Interpretation
from prober.policy.deciding.rules.levels import MATCHES, MAYBE, NO, RULINGS, Level, Levels, agree
from prober.policy.deciding.rules.network_policy_rules import RuleMatcher
from prober.policy.deciding.rules.policies import PolicyMatcher
from prober.policy.deciding.rules.policy_endpoints import Link
from prober.policy.deciding.world import World
from prober.policy.text.sentences import DirectionWording
from prober.policy.text.tier_trail import TierTrails
from prober.policy.text.wording import RuleWording


class Trails:
    """Builds trails over one world."""

    def __init__(self, world: World) -> None:
        self._settled = world.engine.settles_icmp
        self._rules = RuleWording(world.sets)
        self._directions = DirectionWording(self._rules, settled=self._settled)
        self._tiers = TierTrails(world, self._directions)

    def backend(
        self, link: Link, egress: FlowDirection, ingress: FlowDirection, levels: Levels
    ) -> BackendTrail:
        """The trail of one backend, whose levels (verdict, egress, ingress) are known already."""
        verdict, out, into = levels
        pod = ingress.subject.pod.ref if ingress.subject.pod else None
        both = self._direction(egress, out), self._direction(ingress, into)
        return BackendTrail(link.label, link.target.port, RULINGS[verdict], *both, pod)

    def readings(
        self, link: Link, egress: FlowDirection, ingress: FlowDirection
    ) -> BackendReadings:
        """The readings of one backend, each with its trail."""
        pod = ingress.subject.pod.ref if ingress.subject.pod else None
        both = (
            tuple(
                reading_of(
                    reading,
                    self._direction(
                        reading, interpretation_level(reading, reading.interpretations[0])
                    ),
                )
                for reading in definite(flow_direction)
            )
            for flow_direction in (egress, ingress)
        )
        return BackendReadings(link.label, link.target.port, pod, *both)

    def _direction(self, flow_direction: FlowDirection, level: Level) -> DirectionTrail:
        governed = tuple(
            [
                interpretation
                for interpretation in flow_direction.interpretations
                if not interpretation.exempt and not interpretation.barred
            ]
        )
        network_policies = [
            matcher
            for matcher in flow_direction.applied.policies
            if isinstance(matcher, PolicyMatcher)
        ]
        if governed and len(network_policies) < len(flow_direction.applied.policies):
            return self._tiers.direction(flow_direction, level, governed, self._policy)
        policies = (
            tuple(self._policy(matcher, flow_direction, governed) for matcher in network_policies)
            if governed
            else ()
        )
        pod = flow_direction.subject.pod.ref if flow_direction.subject.pod else None
        return DirectionTrail(
            flow_direction.direction,
            RULINGS[level],
            pod,
            self._directions.reason(flow_direction, level),
            policies,
        )

    def _policy(
        self,
        matcher: PolicyMatcher,
        flow_direction: FlowDirection,
        interpretations: Sequence[Interpretation],
    ) -> PolicyTrail:
        rules = matcher.rules(flow_direction.direction) or ()
        # One row a rule, one column an interpretation.
        table = [
            [rule.levels(interpretation) for interpretation in interpretations] for rule in rules
        ]
        match = agree([max([each[0] for each in column]) for column in zip(*table, strict=True)])
        if not table:
            match = NO
        if not interpretations[0].target.governed and not self._settled:
            match = MAYBE
        trails = (
            self._rule(matcher.policy, rule, flow_direction, interpretations, row)
            for rule, row in zip(rules, table, strict=True)
        )
        return PolicyTrail(matcher.policy.ref, MATCHES[match], tuple(trails))

    def _rule(
        self,
        policy: NetworkPolicy,
        rule: RuleMatcher,
        flow_direction: FlowDirection,
        interpretations: Sequence[Interpretation],
        row: Sequence[Levels],
    ) -> RuleTrail:
        match, peers, ports = row[0] if len(row) == 1 else map(agree, zip(*row, strict=True))
        reason = self._rules.reason(
            policy, rule, flow_direction, interpretations, (match, peers, ports)
        )
        return RuleTrail(
            rule.index, MATCHES[match], MATCHES[peers], MATCHES[ports], reason, rule.rule
        )
