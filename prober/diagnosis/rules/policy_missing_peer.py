"""A policy names the port but not the peer, in either direction."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import DIRECTIONS, Case, Rule
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    """One finding for each policy and port whose rules name the port but leave out the peer."""
    for (policy, port), group in grouped(case, direction, _blamed):
        cause = f"NetworkPolicy {policy} allows {port}, but not {who(group)}"
        yield gap(case, f"{direction}-policy-missing-peer", cause, policy, group)


def _blamed(denial: Denial) -> PolicyTrail | None:
    return None if denial.port_missing else denial.peer_missing


def _rule(direction: Direction, whom: str) -> Rule:
    return Rule(
        id=f"{direction}-policy-missing-peer",
        concludes=f"{direction.capitalize()} policies isolate the pod, one of them names the port, "
        "and none of them names the peer.",
        advice=f"allow the peer, in that policy or in one for the pods that {whom} it",
        needs="the prediction's trail of the failed check",
        find_in=find,
        direction=direction,
    )


EGRESS, INGRESS = (_rule(*each) for each in zip(DIRECTIONS, ("need", "serve"), strict=True))
