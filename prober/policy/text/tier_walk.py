"""The fold over the tiers once more, with everything that it saw on the way: what a trail is made
of.

A prediction needs the fold's answer alone (`deciding.matching`). A trail needs to know of each tier
and each rule which interpretations were still open before it, so this walks tier by tier with the
same `step`, and has every rule looked at, also those that nothing reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from prober.model.prediction import TierOutcome
from prober.policy.deciding.rules.interpretations import Interpretation
from prober.policy.deciding.rules.levels import NO, YES, Level
from prober.policy.deciding.rules.policies import Applied
from prober.policy.deciding.rules.rule import Rule
from prober.policy.deciding.rules.tiered_rules import TieredRule
from prober.policy.deciding.rules.tiers import Action, Members, Tier, step


@dataclass(slots=True)
class Visit:
    """What one tier did, with a bit for each interpretation."""

    tier: Tier[Rule]
    before: Members
    allowed: Members = 0
    denied: Members = 0
    on: Members = 0
    rules: dict[object, tuple[Members, Members, Members]] = field(default_factory=dict)
    """By what every copy of a rule keeps: the interpretations open before it, that it perhaps
    matches, and surely."""


def walk(applied: Applied, interpretations: Sequence[Interpretation]) -> list[Visit]:
    """The fold over the tiers, with everything that it saw on the way."""
    visits: list[Visit] = []
    still = (1 << len(interpretations)) - 1

    def matched(rule: Rule) -> tuple[Members, Members]:
        perhaps = surely = 0
        for number, interpretation in enumerate(interpretations):
            level = rule.levels(interpretation)[0]
            perhaps |= (level > NO) << number
            surely |= (level == YES) << number
        return perhaps, surely

    for tier in applied.tiers:
        visit = Visit(tier, still)

        # `visit` as a default: what it writes to does not depend on when it is called.
        def watch(
            rule: Rule, before: Members, perhaps: Members, surely: Members, visit: Visit = visit
        ) -> None:
            visit.rules[key_of(rule)] = (before, perhaps, surely)

        visit.allowed, visit.denied, still = step(tier, matched, still, watch)
        visit.on = still
        visits.append(visit)
    return visits


def outcome_of(visit: Visit) -> TierOutcome:
    """What a tier did with the flow, over all interpretations."""
    if not visit.before:
        return TierOutcome.NOT_REACHED
    outcomes = [
        outcome
        for outcome, members in (
            (TierOutcome.ALLOWED, visit.allowed),
            (TierOutcome.DENIED, visit.denied),
            (
                TierOutcome.PASSED if first_rule(visit) is not None else TierOutcome.UNDECIDED,
                visit.on,
            ),
        )
        if members
    ]
    return outcomes[0] if len(outcomes) == 1 else TierOutcome.UNDEFINED


def rules_of(tier: Tier[Rule]) -> Iterable[Rule]:
    """The rules of a tier, in the order in which they are looked at."""
    return (rule for group in tier.groups for rules in group for rule in rules)


def first_rule(visit: Visit) -> Rule | None:
    """The first rule that had a say about any interpretation, other than by writing it down."""
    for rule in rules_of(visit.tier):
        before, perhaps, _ = visit.rules.get(key_of(rule), (0, 0, 0))
        if before & perhaps and rule.action is not Action.LOG:
            return rule
    return None


def deciding_rule(visit: Visit, bit: Members) -> Rule | None:
    """The first rule that had a say about one interpretation; None: the tier's own default."""
    for rule in rules_of(visit.tier):
        before, perhaps, _ = visit.rules.get(key_of(rule), (0, 0, 0))
        if before & perhaps & bit and rule.action is not Action.LOG:
            return rule
    return None


def level_of(visits: Sequence[Visit], number: int) -> Level:
    """What all tiers together made of the interpretation with this number."""
    bit = 1 << number
    denied = any(visit.denied & bit for visit in visits)
    allowed = any(visit.allowed & bit for visit in visits) or bool(visits and visits[-1].on & bit)
    return 1 if allowed and denied else NO if denied else YES


def key_of(rule: Rule) -> object:
    """What every copy of a rule keeps."""
    return (isinstance(rule, TieredRule) and rule.key) or id(rule)
