"""A policy of another kind than NetworkPolicy denies the flow: an administrator's, Cilium's, or
Calico's."""

from __future__ import annotations

from collections.abc import Iterator

from prober.diagnosis.facts.case import DIRECTIONS, Case, Rule
from prober.diagnosis.facts.denials import Denial, denials
from prober.diagnosis.facts.wanted_flows import wanted_by
from prober.diagnosis.fixes.hypothetical import fixed
from prober.diagnosis.fixes.language_rules import rules_for
from prober.diagnosis.fixes.policy_fixes import is_open
from prober.model.listing import listed
from prober.model.objects import Ref
from prober.model.patches.jsonpatch import apply
from prober.model.prediction import Direction, Match
from prober.model.run import Confidence, Finding, Fix

_VERBS = {"allow": "allows", "accept": "accepts", "pass": "passes on"}


def _find(case: Case, direction: Direction) -> Iterator[Finding]:
    groups: dict[tuple[tuple[Ref, ...], str], list[Denial]] = {}
    for denial in denials(case, direction):
        deciding = denial.trail.decided_by
        if any(ref.kind != "NetworkPolicy" for ref in deciding):
            groups.setdefault((deciding, denial.needed), []).append(denial)
    for (deciding, needed), group in groups.items():
        yield _finding(case, deciding, needed, group)


def _finding(case: Case, deciding: tuple[Ref, ...], needed: str, group: list[Denial]) -> Finding:
    first = group[0]
    tier = next((policy for policy in first.trail.policies if policy.policy in deciding), None)
    where = f" in {tier.tier}" if tier is not None and tier.tier else ""
    return Finding(
        id=f"{first.direction}-denied-by-tier",
        cause=(
            f"{first.trail.reason}: {needed} is denied{where} by "
            f"{listed(f'{ref.kind} {ref}' for ref in deciding)}"
        ),
        confidence=Confidence.CERTAIN,
        evidence=tuple(
            f"{denial.record.check.name}: {denial.record.observation.outcome}"
            for denial in group[:3]
        ),
        fix=_fix(case, deciding, group),
        checks=tuple(dict.fromkeys(denial.record.check.id for denial in group)),
        objects=deciding,
    )


def _fix(case: Case, deciding: tuple[Ref, ...], group: list[Denial]) -> Fix:
    """The least rule in the denying policy that opens the flow; where there is none, who must
    change what."""
    for policy in deciding:
        for word, operation in rules_for(group[0], policy, case.snapshot):
            fix = Fix(
                summary=(
                    f"add a rule to {group[0].direction} of {policy.kind} {policy} that "
                    f"{_VERBS[word]} {group[0].needed} for this flow"
                ),
                target=policy,
                patch=(operation,),
                manifest=apply(case.snapshot.sources[policy], (operation,)),
                opens=tuple(dict.fromkeys(str(denial.record.check.flow) for denial in group)),
                wanted=wanted_by(denial.record for denial in group),
            )
            after = fixed(case.snapshot, fix)
            if after is not None and all(
                is_open(denial, case.predictor.over(after)) for denial in group
            ):
                return fix
    names = listed(f"{ref.kind} {ref}" for ref in deciding)
    return Fix(summary=f"whoever owns {names} must narrow the denial: {_why(group[0])}")


def _why(denial: Denial) -> str:
    denied = any(
        rule.action == "deny" and rule.match is Match.YES
        for policy in denial.trail.policies
        for rule in policy.rules
    )
    return (
        "no rule below or beside it wins over it"
        if denied
        else "no rule of it can be written for this flow"
    )


def _rule(direction: Direction) -> Rule:
    return Rule(
        id=f"{direction}-denied-by-tier",
        concludes=(
            f"The {direction} of the flow is denied by a policy of another kind than "
            "NetworkPolicy: an administrator's, Cilium's, or Calico's."
        ),
        advice="add the rule to that policy, or ask whoever owns the tier",
        needs="the prediction's trail of the failed check, tier by tier",
        find_in=_find,
        direction=direction,
    )


EGRESS, INGRESS = map(_rule, DIRECTIONS)
