"""A host outside cannot be reached, not even from the node: something outside the cluster stops
it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.locate import node_of
from prober.diagnosis.facts.reasons import control_sentence, icmp_sentence
from prober.model.check import EndpointKind, VantageKind
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding

ID = "outside-firewall"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[CheckRecord]] = {}
    for record in case.troubled:
        flow = record.check.flow
        from_node = record.check.vantage.kind is VantageKind.NODE
        fails_from_node = from_node or (
            bool(record.target_controls)
            and not any(control.passed for control in record.target_controls)
        )
        outside = flow.destination.kind is EndpointKind.OUTSIDE
        if (
            outside
            and record.observation.outcome.closed
            and fails_from_node
            and _not_denied(record)
        ):
            groups.setdefault(_target(record), []).append(record)
    yield from _findings(groups, case)


def find_supplementary(case: Case) -> Iterable[Finding]:
    """Where policies deny the flow as well: they do not concern the node, which does not reach it
    either."""
    groups: dict[str, list[CheckRecord]] = {}
    for record in case.denied:
        outside = record.check.flow.destination.kind is EndpointKind.OUTSIDE
        controls = [control.observation for control in record.target_controls]
        lost = controls and all(
            observation is not None and observation.outcome.closed for observation in controls
        )
        if outside and lost:
            groups.setdefault(_target(record), []).append(record)
    yield from _findings(groups, case)


def _target(record: CheckRecord) -> str:
    flow = record.check.flow
    return f"{flow.destination}:{flow.port}/{str(flow.protocol).lower()}"


def _findings(groups: Mapping[str, Sequence[CheckRecord]], case: Case) -> Iterator[Finding]:
    for target, records in groups.items():
        yield Finding(
            id=ID,
            cause=f"{target} is blocked outside the cluster, or down: no node reaches it either, "
            "and those have no "
            "policies",
            confidence=Confidence.LIKELY,
            evidence=(
                *dict.fromkeys(
                    _refusal(record, case) for record in records if _refusal(record, case)
                ),
                *tuple(
                    dict.fromkeys(control_sentence(c) for r in records for c in r.target_controls)
                )[:3],
            ),
            checks=tuple(record.check.id for record in records),
        )


def _refusal(record: CheckRecord, case: Case) -> str:
    """Who said no, where somebody did who is not of the cluster; else empty."""
    foreign = [
        error
        for error in record.observation.evidence.icmp
        if not node_of(error.sender, case.snapshot)
    ]
    return icmp_sentence(foreign[0], record, case.snapshot) if foreign else ""


def _not_denied(record: CheckRecord) -> bool:
    return record.prediction.verdict is not Ruling.DENIED


RULE = Rule(
    id=ID,
    concludes=(
        "A host outside is not reached from the pod nor from its node, and the policies allow it."
    ),
    advice="ask whoever runs the firewall or the host outside: no policy of the cluster stops this",
    needs="a lost or rejected connection to a host outside, and the control from the source's node",
    find=find,
    find_supplementary=find_supplementary,
)
