"""An ipBlock holds the addresses of pods or nodes, and this cluster does not compare it with
them."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.facts.engine import may_be
from prober.diagnosis.fixes.peer_edits import peers_put_right
from prober.diagnosis.fixes.policy_gap import gap, grouped, who
from prober.model.listing import listed
from prober.model.prediction import Direction, PolicyTrail, Ruling
from prober.model.run import Finding
from prober.policy import Reading

ID = "ip-block-not-for-pods"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    def blamed(denial: Denial) -> PolicyTrail | None:
        return _policy(denial, case)

    for (policy, port), group in grouped(case, direction, blamed):
        what = "nodes" if group[0].seen_as_node else "pods"
        blocks = listed(_blocks(group[0]))
        yield gap(
            case,
            ID,
            f"NetworkPolicy {policy} allows {port} {who(group)} by the ipBlock {blocks}, and this "
            f"cluster does not compare ipBlocks with {what}",
            policy,
            group,
            evidence=[
                "ipBlocks are meant for addresses outside the cluster",
                *(
                    ["Cilium knows pods and nodes by who they are and never by their address"]
                    if may_be("Cilium", case.snapshot)
                    else []
                ),
            ],
            fixes=peers_put_right(group, policy, lambda peer: peer.ip_block is not None, case),
        )


def _policy(denial: Denial, case: Case) -> PolicyTrail | None:
    """The policy whose ipBlock would let it through where it is compared."""
    if denial.reading is None or denial.reading.holds is not False:
        return None
    for backend in case.predictor.readings(denial.record.check.flow):
        if backend.destination != denial.backend.destination:
            continue
        for other in backend.of(denial.direction):
            if (
                other.holds
                and other.ruling is Ruling.ALLOWED
                and other.frontend is denial.reading.frontend
            ):
                return _allowing(other)
    return None


def _allowing(reading: Reading) -> PolicyTrail | None:
    return next((trail for trail in reading.trail.policies if trail.match.value == "yes"), None)


def _blocks(denial: Denial) -> Iterable[str]:
    return (
        peer.ip_block.cidr
        for policy in denial.trail.policies
        for rule in policy.rules
        for peer in rule.rule.peers
        if peer.ip_block
    )


RULE = Rule(
    id=ID,
    concludes=(
        "An ipBlock holds the address of the pod (or the node), and whoever enforces policies here "
        "does not compare ipBlocks with pods (or nodes)."
    ),
    advice="select the pods by their labels: that works in every cluster",
    needs="the prediction's readings of the ipBlock, and which of them was seen",
    find_in=find,
)
