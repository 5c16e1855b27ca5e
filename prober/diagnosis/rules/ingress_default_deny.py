"""Policies isolate the pod and no rule comes near the flow (ingress)."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.policy_gap import default_denies
from prober.model.run import Finding

ID = "ingress-default-deny"


def find(case: Case) -> Iterable[Finding]:
    return default_denies(case, "ingress", ID)


RULE = Rule(
    id=ID,
    concludes="Ingress policies isolate the pod, and no rule names the peer or the port.",
    mend="allow the flow, in that policy or in one for the pods that serve it",
    needs="the prediction's trail of the failed check",
    find=find,
    explains="ingress",
)
