"""What the rules about too much reachability share: checks that expect a denial, where the policies
allow the flow."""

from __future__ import annotations

from collections.abc import Iterator

from prober.diagnosis.facts.case import Case, is_predicted_only
from prober.diagnosis.facts.denials import DENIALS
from prober.model.check import EndpointKind
from prober.model.objects import Pod
from prober.model.outcome import Outcome
from prober.model.prediction import DirectionTrail, Ruling
from prober.model.run import CheckRecord, Result
from prober.model.snapshot import Snapshot


def unwanted(case: Case) -> Iterator[CheckRecord]:
    """The checks that want to be denied and get through, with the policies' consent."""
    for record in case.troubled:
        wanted = record.check.expected in DENIALS
        through = record.observation.outcome is Outcome.OK and record.result is Result.FAIL
        allowed = record.prediction.verdict is not Ruling.DENIED
        if wanted and allowed and (through or is_predicted_only(record)):
            yield record


def trails(record: CheckRecord) -> Iterator[DirectionTrail]:
    """Both directions, ingress first: whoever wants to keep somebody out starts at the target."""
    for backend in record.prediction.backends:
        yield from (backend.ingress, backend.egress)


def ends(record: CheckRecord, snapshot: Snapshot) -> Iterator[Pod]:
    """The pods at both ends, the targets first."""
    refs = [backend.pod for backend in record.prediction.backends]
    source = record.check.flow.source
    if source.kind is EndpointKind.POD:
        refs.append(source.ref)
    for ref in refs:
        pod = snapshot.pod(ref)
        if pod is not None:
            yield pod
