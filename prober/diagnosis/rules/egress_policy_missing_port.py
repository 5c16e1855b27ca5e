"""A policy names the peer but not the port (egress)."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.policy_gap import missing_ports
from prober.model.run import Finding

ID = "egress-policy-missing-port"


def find(case: Case) -> Iterable[Finding]:
    return missing_ports(case, "egress", ID)


RULE = Rule(
    id=ID,
    concludes=(
        "Egress policies isolate the pod, one of them names the peer, and none of them names the "
        "port."
    ),
    mend="allow the port, in that policy or in one for the pods that need it",
    needs="the prediction's trail of the failed check",
    find=find,
    explains="egress",
)
