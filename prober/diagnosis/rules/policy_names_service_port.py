"""A policy names the Service's port; policies see the pod's, after translation."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, port_is_missing
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.diagnosis.fixes.port_edits import instead_of
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding

ID = "policy-names-service-port"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    for (policy, port), group in grouped(case, direction, _blamed):
        asked = group[0].service_port
        yield gap(
            case,
            ID,
            f"NetworkPolicy {policy} allows {asked}, the Service's port; the pod's is "
            f"{port}, and {port} is what it "
            f"must allow {who(group)}",
            policy,
            group,
            evidence=[
                (
                    "policies see a connection after translation: "
                    f"{group[0].record.prediction.translation}"
                )
            ],
            fixes=instead_of(group, policy, lambda port, asked=asked: port.port == asked, case),  # type: ignore[misc]  # bound now
        )


def _blamed(denial: Denial) -> PolicyTrail | None:
    asked, protocol = denial.service_port, denial.record.check.flow.protocol
    if asked is None:
        return None
    for policy, rule in denial.near(port_is_missing):
        if any((port.port, port.protocol) == (asked, protocol) for port in rule.rule.ports):
            return policy
    return None


RULE = Rule(
    id=ID,
    concludes=(
        "A policy allows the Service's port instead of the pod's, which is what policies see."
    ),
    advice="name the pod's port in the policy: it is what the Service's targetPort says",
    needs="the prediction's trail, and the Service's translation",
    find_in=find,
)
