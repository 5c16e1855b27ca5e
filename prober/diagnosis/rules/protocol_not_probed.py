"""A protocol that is predicted and not probed: the policies decide, and nobody looked."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule, is_predicted_only
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Fix

ID = "protocol-not-probed"

_SAYS = {
    Ruling.ALLOWED: "allow",
    Ruling.DENIED: "deny",
    Ruling.UNDEFINED: "leave open",
}


def find(case: Case) -> Iterable[Finding]:
    for record in case.unmet:
        if is_predicted_only(record):
            yield _finding(record)


def _finding(record: CheckRecord) -> Finding:
    flow, verdict = record.check.flow, record.prediction.verdict
    return Finding(
        id=ID,
        cause=f"{flow.protocol} is predicted and not probed: the policies {_SAYS[verdict]} {flow}, "
        "and whether it is so nobody has seen",
        confidence=Confidence.CERTAIN,
        evidence=(record.prediction.reason,),
        fix=Fix(
            f"try it from {flow.source} with a client of {flow.protocol} (such as `ncat --sctp` or "
            f"`socat - SCTP:HOST:{flow.port}`) where the node's kernel has {flow.protocol}, or ask "
            "`prober explain` for what the policies say"
        ),
        checks=(record.check.id,),
    )


RULE = Rule(
    id=ID,
    concludes="A check speaks a protocol that is predicted only (SCTP), so nobody has tried it.",
    advice="try it from the pod itself with a client of that protocol",
    needs="a check of SCTP, and the prediction for it",
    find=find,
)
