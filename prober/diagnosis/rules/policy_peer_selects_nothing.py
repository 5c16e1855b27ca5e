"""The peers of the rule that names the port select no pod at all."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, peer_is_missing
from prober.diagnosis.facts.peers import selected_by
from prober.diagnosis.fixes.peer_edits import most_alike, peers_put_right
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.model.objects import PolicyPeer
from prober.model.prediction import Direction, PolicyTrail
from prober.model.run import Finding

ID = "policy-peer-selects-nothing"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def blamed(denial: Denial) -> PolicyTrail | None:
        for policy, rule in denial.near(peer_is_missing):
            peers = rule.rule.peers
            nobody = not any(
                peer.ip_block or selected_by(peer, policy.policy.namespace, case) for peer in peers
            )
            if denial.other is not None and nobody:
                return policy
        return None

    for (policy, port), group in grouped(case, direction, blamed):
        alike = most_alike(group[0], policy, _is_selector, case)
        reason = alike[0][0].reason if alike else ""
        cause = (
            f"NetworkPolicy {policy} allows {port} by selectors that select no pod at all, so "
            f"not {who(group)}"
        )
        fixes = peers_put_right(group, policy, _is_selector, case, guessed=True)
        yield gap(case, ID, cause, policy, group, evidence=filter(None, [reason]), fixes=fixes)


def _is_selector(peer: PolicyPeer) -> bool:
    return peer.ip_block is None


RULE = Rule(
    id=ID,
    concludes=(
        "The selectors of the rule that names the port select no pod in the cluster: misspelt, "
        "or out of date."
    ),
    advice="let the selectors of the rule choose pods that exist",
    needs="the prediction's trail, and which pods the selectors select",
    find_in=find,
)
