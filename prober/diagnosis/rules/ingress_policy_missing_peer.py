"""A policy names the port but not the peer (ingress)."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.policy_gap import missing_peers
from prober.model.run import Finding

ID = "ingress-policy-missing-peer"


def find(case: Case) -> Iterable[Finding]:
    return missing_peers(case, "ingress", ID)


RULE = Rule(
    id=ID,
    concludes=(
        "Ingress policies isolate the pod, one of them names the port, and none of them names "
        "the peer."
    ),
    mend="allow the peer, in that policy or in one for the pods that serve it",
    needs="the prediction's trail of the failed check",
    find=find,
    explains="ingress",
)
