"""A policy names the right port number for the wrong protocol."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, port_is_missing
from prober.diagnosis.fixes.policy_gap import Group, gap, grouped, who
from prober.diagnosis.fixes.port_edits import instead_of
from prober.model.objects import Ref
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding, Fix

ID = "policy-protocol"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    for (policy, port), group in grouped(case, direction, _blamed):
        number, _, protocol = port.partition("/")
        cause = (
            f"NetworkPolicy {policy} allows {number}, but not for {protocol}, which is what goes "
            f"{who(group)}"
        )
        said = ["a port without a protocol means TCP"]
        yield gap(case, ID, cause, policy, group, evidence=said, fixes=_spoken(group, policy, case))


def _spoken(group: Group, policy: Ref, case: Case) -> Iterable[Fix | None]:
    """The protocol that is spoken, in the place of the other."""
    number = group[0].backend.port
    return instead_of(group, policy, lambda port: port.port == number, case)


def _blamed(denial: Denial) -> PolicyTrail | None:
    protocol = denial.record.check.flow.protocol
    for policy, rule in denial.near(port_is_missing):
        if any(
            port.port == denial.backend.port and port.protocol != protocol
            for port in rule.rule.ports
        ):
            return policy
    return None


RULE = Rule(
    id=ID,
    concludes="A policy allows the port for another protocol than the one that is spoken.",
    advice="name the protocol that is spoken: a port without one means TCP",
    needs="the prediction's trail of the failed check",
    find_in=find,
)
