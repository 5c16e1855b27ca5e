"""The target is reached, and nothing listens on the port."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.reasons import destination_pods
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Confidence, Control, Finding

ID = "nothing-listens"


def find(case: Case) -> Iterable[Finding]:
    return _findings(
        (record for record in case.troubled if record.observation.outcome is Outcome.REFUSED), case
    )


def find_supplementary(case: Case) -> Iterable[Finding]:
    """Where policies deny it as well, the refusal of the target's own node tells."""
    refused = (record for record in case.denied if any(map(_refused, record.target_controls)))
    return _findings(refused, case)


def _refused(control: Control) -> bool:
    return control.observation is not None and control.observation.outcome is Outcome.REFUSED


def _findings(records: Iterable[CheckRecord], case: Case) -> Iterable[Finding]:
    groups: dict[str, list[CheckRecord]] = {}
    for record in records:
        flow = record.check.flow
        port = record.prediction.backends[0].port if record.prediction.backends else flow.port
        ends = [backend.destination for backend in record.prediction.backends] or [
            f"{flow.destination}:{port}"
        ]
        groups.setdefault(", ".join(ends[:3]), []).append(record)
    for target, refused in groups.items():
        same = any(_refused(control) for record in refused for control in record.target_controls)
        itself = any(record.observation.outcome is Outcome.REFUSED for record in refused)
        yield Finding(
            id=ID,
            cause=f"nothing listens on {target}: {_why(refused, case)}",
            confidence=Confidence.CERTAIN if same else Confidence.LIKELY,
            evidence=(
                *(
                    ["the refusal is the target's own reset, with no ICMP error from anyone"]
                    if itself
                    else []
                ),
                *(["its own node is refused too"] if same else []),
            ),
            checks=tuple(record.check.id for record in refused),
        )


def _why(records: list[CheckRecord], case: Case) -> str:
    """What the cluster says of a pod whose container does not run, which has an address all the
    same."""
    pods = (pod for record in records for pod in destination_pods(record, case.snapshot))
    waiting = next((pod for pod in pods if pod.waiting_reason), None)
    return (
        f"{waiting.ref} does not run ({waiting.waiting_reason})"
        if waiting
        else "it refuses connections itself"
    )


RULE = Rule(
    id=ID,
    concludes="The target answers with its own reset: no process listens on the port.",
    advice=(
        "look at the process in the target: is it up, and on which port and address does it listen"
    ),
    needs="a refused connection without ICMP evidence, and the control from the target's own node",
    find=find,
    find_supplementary=find_supplementary,
)
