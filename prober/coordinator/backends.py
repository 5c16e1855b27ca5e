"""Several backends: all are tried where they can differ, since a connection gets one of them by
chance. Pure.

A check of a Service that works once says nothing about the other pods behind it. Where the
prediction says that they differ, each is asked by its own address from the check's own vantage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from prober.model.check import EndpointKind, Expectation, Vantage
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import BackendTrail
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Result
from prober.model.snapshot import Snapshot

MOST_BACKENDS = 8
"""Of one check that are tried."""


def trials(records: Sequence[CheckRecord], snapshot: Snapshot) -> Iterator[tuple[Vantage, Probe]]:
    """The probes of every backend of the checks that passed and could have failed."""
    for record in records:
        if _may_differ(record):
            for backend in record.prediction.backends[:MOST_BACKENDS]:
                probe = _probe(record, backend, snapshot)
                if probe is not None:
                    yield record.check.vantage, probe


def with_backends(
    record: CheckRecord, observations: Mapping[str, Observation], snapshot: Snapshot
) -> CheckRecord:
    """The record as all of its backends have it: a check that wants to get through fails where one
    of them is not reached."""
    if not _may_differ(record):
        return record
    tried: list[tuple[BackendTrail, Observation]] = []
    for backend in record.prediction.backends[:MOST_BACKENDS]:
        probe = _probe(record, backend, snapshot)
        seen = observations.get(probe.id) if probe else None
        if seen is not None:
            tried.append((backend, seen))
    failed = [attempt for attempt in tried if attempt[1].outcome is not Outcome.OK]
    said = ", ".join(f"{backend.destination} {seen.outcome}" for backend, seen in failed)
    note = (
        f"{len(failed)} of the {len(tried)} pods behind it is not reached: {said}"
        if failed
        else f"all {len(tried)} pods behind it were tried, and answer"
    )
    evidence = record.observation.evidence
    observation = replace(
        record.observation, evidence=replace(evidence, notes=(*evidence.notes, note))
    )
    if not failed:
        return replace(record, observation=observation) if tried else record
    wanted = record.check.expected is Expectation.OK
    result = Result.FAIL if wanted else Result.INCONCLUSIVE
    return replace(record, observation=observation, result=result)


def _may_differ(record: CheckRecord) -> bool:
    """Whether it got through to one of several backends that policies treat differently."""
    # Only where they differ: where policies treat all backends alike, another backend is another
    # throw of the same dice, and eight further probes for each check would be most of a run's
    # packets.
    rulings = {backend.ruling for backend in record.prediction.backends}
    service = record.check.flow.destination.kind is EndpointKind.SERVICE
    wanted = record.check.expected in (Expectation.OK, Expectation.PREDICTED)
    through = record.observation.outcome is Outcome.OK
    return service and wanted and through and len(rulings) > 1


def _probe(record: CheckRecord, backend: BackendTrail, snapshot: Snapshot) -> Probe | None:
    ref = backend.pod
    pod = snapshot.pods.get((ref.namespace, ref.name)) if ref else None
    if pod is None or not pod.ips or not backend.port:
        return None
    udp = record.check.flow.protocol == "UDP"
    kind = ProbeKind.UDP if udp else ProbeKind.TCP
    # By the pod's own address, past the translation: that is what each backend looks like to
    # policies that come after it, and there is no way to ask a Service for a particular backend.
    name = f"backend/{record.check.id}/{pod.ips[0]}:{backend.port}"
    return Probe(name, kind, pod.ips[0], backend.port, record.check.probe.timeout)
