"""A policy names the peer but not the port, in either direction."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import DIRECTIONS, Case, Rule
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.model.prediction import Direction
from prober.model.run import Finding


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    """One finding for each policy and port that some rule's peers would have allowed."""
    for (policy, port), group in grouped(case, direction, lambda denial: denial.port_missing):
        cause = f"NetworkPolicy {policy} lacks {port} {who(group)}"
        yield gap(case, f"{direction}-policy-missing-port", cause, policy, group)


def _rule(direction: Direction, whom: str) -> Rule:
    return Rule(
        id=f"{direction}-policy-missing-port",
        concludes=f"{direction.capitalize()} policies isolate the pod, one of them names the peer, "
        "and none of them names the port.",
        advice=f"allow the port, in that policy or in one for the pods that {whom} it",
        needs="the prediction's trail of the failed check",
        find_in=find,
        direction=direction,
    )


EGRESS, INGRESS = (_rule(*each) for each in zip(DIRECTIONS, ("need", "serve"), strict=True))
