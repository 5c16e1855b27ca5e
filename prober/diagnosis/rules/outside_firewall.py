"""A host outside cannot be reached, not even from the node: something outside the cluster stops it."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.case import Case, Rule
from prober.diagnosis.reasons import control_sentence
from prober.model.check import EndpointKind
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding

ID = "outside-firewall"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[CheckRecord]] = {}
    for record in case.troubled:
        flow = record.check.flow
        fails_from_node = bool(record.controls) and not any(control.passed for control in record.controls)
        outside = flow.destination.kind is EndpointKind.HOST
        if outside and record.observation.outcome.closed and fails_from_node and _not_denied(record):
            groups.setdefault(f"{flow.destination}:{flow.port}/{str(flow.protocol).lower()}", []).append(record)
    for target, records in groups.items():
        yield Finding(
            id=ID,
            cause=f"{target} is blocked outside the cluster: not even the node reaches it, where no policy applies",
            confidence=Confidence.LIKELY,
            evidence=tuple(dict.fromkeys(control_sentence(c) for r in records for c in r.controls))[:3],
            checks=tuple(record.check.id for record in records),
        )


def _not_denied(record: CheckRecord) -> bool:
    return record.prediction.verdict is not Ruling.DENIED


RULE = Rule(
    id=ID,
    concludes="A host outside is not reached from the pod nor from its node, and the policies allow it.",
    needs="a lost or rejected connection to a host outside, and the control from the source's node",
    find=find,
)
