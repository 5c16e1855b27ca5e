"""The trail of a direction in which several tiers, or policies of other languages, have a say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from prober.model.listing import listed
from prober.model.objects import PolicyRule, Ref
from prober.model.prediction import (
    DirectionTrail,
    Match,
    PolicyTrail,
    RuleTrail,
    TierTrail,
)
from prober.policy.deciding.plans import NETWORK_POLICY
from prober.policy.deciding.rules.interpretations import FlowDirection, Interpretation
from prober.policy.deciding.rules.levels import MATCHES, MAYBE, NO, RULINGS, YES, Level, agree
from prober.policy.deciding.rules.network_policy_rules import OwnNodeRule, RuleMatcher
from prober.policy.deciding.rules.policies import AnyMatcher, Applied, PolicyMatcher, TieredMatcher
from prober.policy.deciding.rules.rule import Rule
from prober.policy.deciding.rules.terms import All, HostNames, Some, Term
from prober.policy.deciding.rules.tiered_rules import TieredRule
from prober.policy.deciding.rules.tiers import Action, Members
from prober.policy.deciding.world import World
from prober.policy.text.sentences import DirectionWording
from prober.policy.text.tier_walk import (
    Visit,
    deciding_rule,
    first_rule,
    key_of,
    level_of,
    outcome_of,
    rules_of,
    walk,
)

Describe = Callable[[PolicyMatcher, FlowDirection, Sequence[Interpretation]], PolicyTrail]


class TierTrails:
    """Builds them over one world."""

    def __init__(self, world: World, flow_directions: DirectionWording) -> None:
        self._world = world
        self._directions = flow_directions
        self._places = {
            id(placed.matcher.policy): (plan.name, placed.matcher)
            for plan in world.plans
            for placed in plan.policies
        }

    def direction(
        self,
        flow_direction: FlowDirection,
        level: Level,
        interpretations: Sequence[Interpretation],
        describe: Describe,
    ) -> DirectionTrail:
        """The trail of one direction, whose level is known already."""
        visits = walk(flow_direction.applied, interpretations)
        policies = tuple(
            self._policy(matcher, flow_direction, interpretations, visits, describe)
            for matcher in flow_direction.applied.policies
        )
        tiers = tuple(
            TierTrail(visit.tier.name, outcome_of(visit), self._tier(visit, flow_direction))
            for visit in visits
        )
        pod = flow_direction.subject.pod.ref if flow_direction.subject.pod else None
        reason = self._reason(flow_direction, level, interpretations, visits)
        decided = tuple(dict.fromkeys(self._deciding(flow_direction, visits, level)))
        return DirectionTrail(
            flow_direction.direction, RULINGS[level], pod, reason, policies, tiers, decided
        )

    def _policy(
        self,
        matcher: AnyMatcher,
        flow_direction: FlowDirection,
        interpretations: Sequence[Interpretation],
        visits: Sequence[Visit],
        describe: Describe,
    ) -> PolicyTrail:
        tier, _ = self._places[id(matcher.policy)]
        if isinstance(matcher, PolicyMatcher):
            return replace(describe(matcher, flow_direction, interpretations), tier=tier)
        rules = tuple(
            _rule(rule, interpretations, visits)
            for rule in matcher.rules(flow_direction.direction) or ()
        )
        match = max((rule.match for rule in rules), key=list(MATCHES).index, default=Match.NO)
        return PolicyTrail(matcher.policy.ref, match, rules, tier, matcher.place)

    def _tier(self, visit: Visit, flow_direction: FlowDirection) -> str:
        """What happened in a tier, in one sentence."""
        if not visit.before:
            return "a tier before it had decided"
        rule = first_rule(visit)
        owner = _owner(rule, flow_direction) if rule is not None else None
        if rule is not None and owner is not None:
            return f"{say_owner(owner)} {_says(rule, owner, flow_direction)}"
        if visit.denied:
            return f"no rule of it matches, and {self._closers(visit, flow_direction)}"
        return "no rule of it matches"

    def _closers(self, visit: Visit, flow_direction: FlowDirection) -> str:
        names = [
            f"{matcher.policy.ref.kind} {matcher.policy.ref}"
            for matcher in self._isolating(visit, flow_direction)
        ]
        verb = "selects" if len(names) == 1 else "select"
        return (
            f"{listed(names)} {verb} {flow_direction.subject.name}, so what no rule allows is "
            "denied"
        )

    def _isolating(self, visit: Visit, flow_direction: FlowDirection) -> list[AnyMatcher]:
        mine = [
            matcher
            for matcher in flow_direction.applied.policies
            if self._places[id(matcher.policy)][0] == visit.tier.name
        ]
        return [matcher for matcher in mine if matcher.isolates(flow_direction.direction)]

    def _reason(
        self,
        flow_direction: FlowDirection,
        level: Level,
        interpretations: Sequence[Interpretation],
        visits: Sequence[Visit],
    ) -> str:
        told = [
            self._reason_in(flow_direction, interpretation, number, visits)
            for number, interpretation in enumerate(interpretations)
        ]
        levels = [level_of(visits, number) for number in range(len(interpretations))]
        exempt = [
            (interpretation.reading or "otherwise", interpretation.exempt)
            for interpretation in flow_direction.interpretations
            if interpretation.exempt
        ]
        if len(set(told)) == 1 and not (exempt and level not in (NO, YES)):
            return told[0]
        if level in (NO, YES):
            return next(iter(told))
        words = ("denied", "undefined", "allowed")
        parts = [f"{reading} it is allowed ({why})" for reading, why in exempt[:1]]
        shown: set[Level] = set()
        for interpretation, each, why in zip(interpretations, levels, told, strict=True):
            if each not in shown:
                shown.add(each)
                what = interpretation.reading or (
                    f"at {_address(interpretation)}" if interpretation.peer.sampled else "otherwise"
                )
                parts.append(f"{what} it is {words[each]} ({why})")
        return "; ".join(parts)

    def _reason_in(
        self,
        flow_direction: FlowDirection,
        interpretation: Interpretation,
        number: int,
        visits: Sequence[Visit],
    ) -> str:
        """Why one interpretation comes out as it does: what passed it on, then what decided."""
        bit = 1 << number
        passed: list[str] = []
        for visit in visits:
            if not visit.before & bit:
                continue
            rule = deciding_rule(visit, bit)
            if isinstance(rule, OwnNodeRule):
                return "; ".join((*passed, interpretation.own_node))
            owner = _owner(rule, flow_direction) if rule is not None else None
            if visit.tier.name.startswith(NETWORK_POLICY) and (
                owner is None or isinstance(owner, PolicyMatcher)
            ):
                if not (visit.allowed | visit.denied) & bit:
                    continue
                return "; ".join(
                    (*passed, self._network_policies(flow_direction, interpretation, visit, bit))
                )
            if rule is not None and owner is not None:
                says = f"{say_owner(owner)} {_says(rule, owner, flow_direction)}"
                if rule.action is Action.PASS:
                    passed.append(says)
                    continue
                doubt = self._doubt(rule, interpretation, visit, bit)
                told = says + doubt + _rival(rule, flow_direction, visit, bit)
                return "; ".join((*passed, told))
            if visit.denied & bit:
                return "; ".join(
                    (
                        *passed,
                        (
                            f"no rule of {visit.tier.name} matches, and "
                            f"{self._closers(visit, flow_direction)}"
                        ),
                    )
                )
        kind = (
            f"no {flow_direction.direction} policy decides about it"
            if not passed
            else "no policy below decides about it"
        )
        return "; ".join((*passed, f"{kind}, so it is allowed"))

    @staticmethod
    def _doubt(rule: Rule, interpretation: Interpretation, visit: Visit, bit: Members) -> str:
        _, _, surely = visit.rules[key_of(rule)]
        if surely & bit:
            return ""
        if isinstance(rule, TieredRule) and rule.narrowed == MAYBE and rule.note:
            return f" ({rule.note})"
        if (
            isinstance(rule, TieredRule)
            and not interpretation.peer.named
            and _means_names(rule.peer)
        ):
            return f", if a name of these led to {interpretation.peer.name}: DNS decides that"
        if interpretation.peer.named:
            return f", if {interpretation.peer.name} is among these: that is not known"
        return ", if it is among these: that is not known"

    def _network_policies(
        self,
        flow_direction: FlowDirection,
        interpretation: Interpretation,
        visit: Visit,
        bit: Members,
    ) -> str:
        if interpretation.own_node:
            return interpretation.own_node
        mine = tuple(
            matcher
            for matcher in flow_direction.applied.policies
            if isinstance(matcher, PolicyMatcher)
        )
        only = replace(
            flow_direction,
            applied=Applied(flow_direction.direction, (visit.tier,), mine),
            interpretations=(interpretation,),
        )
        level = YES if not visit.denied & bit else NO if not visit.allowed & bit else 1
        return self._directions.reason(only, level)

    def _deciding(
        self, flow_direction: FlowDirection, visits: Sequence[Visit], level: Level
    ) -> Iterable[Ref]:
        """The policies that decided: whose rule did, or that isolate where nothing allowed."""
        for visit in visits:
            mine = visit.denied if level == NO else visit.allowed
            if not mine or level not in (NO, YES):
                continue
            owners = [
                owner
                for key, (before, perhaps, _) in visit.rules.items()
                if before & perhaps & mine
                for owner in flow_direction.applied.policies
                for rule in owner.rules(flow_direction.direction) or ()
                if key_of(rule) == key and (rule.action is Action.DENY) == (level == NO)
                and rule.action in (Action.ALLOW, Action.DENY)
            ]  # fmt: skip
            yield from (
                owner.policy.ref
                for owner in owners
                or (self._isolating(visit, flow_direction) if level == NO else ())
            )


def _rival(rule: Rule, flow_direction: FlowDirection, visit: Visit, bit: Members) -> str:
    """The first rule of another policy that does something else with the flow, where nothing says
    which of the two policies comes first; empty: there is none."""
    for group in visit.tier.groups:
        mine = [any(key_of(other) == key_of(rule) for other in rules) for rules in group]
        if not any(mine):
            continue
        for rules, own in zip(group, mine, strict=True):
            for other in () if own else rules:
                _, perhaps, _ = visit.rules.get(key_of(other), (0, 0, 0))
                owner = _owner(other, flow_direction)
                if owner is not None and perhaps & bit and other.action is not Action.LOG:
                    if other.action is rule.action:
                        break
                    says = f"{say_owner(owner)} {_says(other, owner, flow_direction)}"
                    return f", and {says}: which of the two comes first is not defined"
    return ""


def _owner(rule: Rule, flow_direction: FlowDirection) -> AnyMatcher | None:
    """The policy that a rule belongs to; None for the settings of a tier."""
    for matcher in flow_direction.applied.policies:
        if any(
            key_of(mine) == key_of(rule) for mine in matcher.rules(flow_direction.direction) or ()
        ):
            return matcher
    return None


def _means_names(term: Term) -> bool:
    """Whether a rule means hosts by their names."""
    if isinstance(term, Some | All):
        return any(map(_means_names, term.terms))
    return isinstance(term, HostNames)


def say_owner(owner: AnyMatcher) -> str:
    """As in `AdminNetworkPolicy guard (priority 5)`."""
    ref = owner.policy.ref
    place = f" ({owner.place})" if isinstance(owner, TieredMatcher) and owner.place else ""
    return f"{ref.kind} {ref}{place}"


def _says(rule: Rule, owner: AnyMatcher, flow_direction: FlowDirection) -> str:
    if isinstance(rule, TieredRule):
        return rule.says
    from prober.policy.text.phrases import say_rule

    if isinstance(rule, RuleMatcher) and isinstance(owner, PolicyMatcher):
        return say_rule(owner.policy, rule.rule, flow_direction.direction)
    return ""


def _rule(
    written: TieredRule, interpretations: Sequence[Interpretation], visits: Sequence[Visit]
) -> RuleTrail:
    rule = next(
        (
            candidate
            for visit in visits
            for candidate in rules_of(visit.tier)
            if isinstance(candidate, TieredRule) and key_of(candidate) == key_of(written)
        ),
        written,
    )
    rows = [rule.levels(interpretation) for interpretation in interpretations]
    match, peers, ports = rows[0] if len(rows) == 1 else map(agree, zip(*rows, strict=True))
    seen = next(
        (visit.rules[key_of(rule)] for visit in visits if key_of(rule) in visit.rules), None
    )
    overridden = match != NO and seen is not None and not seen[0] & seen[1]
    limits = rule.requests if match != NO else None
    requests = limits.says(interpretations[0].target) if limits is not None else ()
    reason = rule.says if match == YES else _complaint(rule, (match, peers, ports), interpretations)
    return RuleTrail(
        rule.index,
        MATCHES[match],
        MATCHES[peers],
        MATCHES[ports],
        reason + (f" ({rule.note})" if rule.note else ""),
        PolicyRule(),
        rule.action.word,
        rule.section,
        overridden,
        requests,
    )


def _complaint(
    rule: TieredRule, levels: tuple[Level, Level, Level], interpretations: Sequence[Interpretation]
) -> str:
    match, peers, ports = levels
    peer, target = interpretations[0].peer, interpretations[0].target
    if rule.narrowed == NO:
        return f"{rule.says}: not of this pod"
    word = "does not match" if match == NO else "may match"
    parts = []
    if peers != YES:
        parts.append(f"peers: {peer.name}")
    if ports != YES:
        parts.append(
            f"ports: {target.port}/{target.protocol}"
            if target.port
            else f"ports: {target.protocol}"
        )
    return f"{rule.says}: {word} ({'; '.join(parts) or 'in some readings only'})"


def _address(interpretation: Interpretation) -> str:
    from prober.policy.deciding.rules.addresses import format_address

    return (
        format_address(interpretation.peer.addresses[0])
        if interpretation.peer.addresses
        else interpretation.peer.name
    )
