"""A policy names the port but not the peer (egress)."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.policy_gap import missing_peers
from prober.model.run import Finding

ID = "egress-policy-missing-peer"


def find(case: Case) -> Iterable[Finding]:
    return missing_peers(case, "egress", ID)


RULE = Rule(
    id=ID,
    concludes=(
        "Egress policies isolate the pod, one of them names the port, and none of them names the "
        "peer."
    ),
    mend="allow the peer, in that policy or in one for the pods that need it",
    needs="the prediction's trail of the failed check",
    find=find,
    explains="egress",
)
