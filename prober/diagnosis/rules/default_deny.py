"""Policies isolate the pod and no rule comes near the flow, in either direction."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import DIRECTIONS, Case, Rule
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.model.listing import listed
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
        yield gap(case, f"{direction}-default-deny", cause, policy, group)


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
