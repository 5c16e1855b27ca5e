"""Policies isolate the pod and no rule comes near the flow, in either direction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.facts.case import DIRECTIONS, Case, Rule
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.fixes.patches import policy_of, rules_of
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.model.listing import listed
from prober.model.objects import Ref
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    """One finding for each policy that isolates without a rule that comes near."""
    for (policy, port), group in grouped(case, direction, _blamed):
        isolating = listed(str(trail.policy) for denial in group for trail in denial.trail.policies)
        cause = (
            f"{direction} of {group[0].trail.pod} is isolated by {isolating}, and nothing allows "
            f"{port} {who(group)}"
        )
        evidence = _unintended(policy, direction, case)
        yield gap(case, f"{direction}-default-deny", cause, policy, group, evidence=evidence)


def _unintended(ref: Ref, direction: Direction, case: Case) -> Iterator[str]:
    """That the policy isolates a direction of which it says nothing: it has rules of the other one
    alone, and isolates this one by its policyTypes, or for want of them (API reference: Ingress is
    isolated where policyTypes is not given)."""
    policy = policy_of(ref, case)
    other: Direction = "ingress" if direction == "egress" else "egress"
    if policy is None or rules_of(policy, direction) or not rules_of(policy, other):
        return
    source = case.snapshot.sources.get(ref, {})
    given = "policyTypes" in source.get("spec", {})
    why = f"its policyTypes name {direction.capitalize()}" if given else "it has no policyTypes"
    yield (
        f"{ref} has rules of {other} alone, and isolates {direction} because {why}: if that is not "
        f"meant, let policyTypes be [{other.capitalize()}]"
    )


def _blamed(denial: Denial) -> PolicyTrail | None:
    near = denial.port_missing or denial.peer_missing
    return None if near or not denial.trail.policies else denial.trail.policies[0]


def _rule(direction: Direction, whom: str) -> Rule:
    return Rule(
        id=f"{direction}-default-deny",
        concludes=f"{direction.capitalize()} policies isolate the pod, and no rule names the peer "
        "or the port.",
        advice=f"allow the flow, in that policy or in one for the pods that {whom} it",
        needs="the prediction's trail of the failed check",
        find_in=find,
        direction=direction,
    )


EGRESS, INGRESS = (_rule(*each) for each in zip(DIRECTIONS, ("need", "serve"), strict=True))
