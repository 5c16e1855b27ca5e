"""Several backends: all are tried where they can differ, since a connection gets one of them by
chance. Pure.

A check of a Service that works once says nothing about the other pods behind it. Where the
prediction says that they differ, each is asked by its own address from the check's own vantage.
Where the way there is what may differ, because a node port or a load balancer's address leads to
one of several nodes, the very same connection is made again, often enough to get every one of them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from prober.model.check import EndpointKind, Expectation, Vantage
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import BackendTrail, Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Result
from prober.model.snapshot import Snapshot

Attempt: TypeAlias = tuple[str, Observation]
"""The backend by its name, or an empty one for whichever it was; and what was seen."""
MOST_BACKENDS = 8
"""Of one check that are tried."""
MISSED = 1e-4
"""How likely a given backend may be missed by all the connections that are to meet it."""
MOST_TRIES = 64
"""Of one check: enough for seven backends; what more of them leave to chance is said."""


def trials(records: Sequence[CheckRecord], snapshot: Snapshot) -> Iterator[tuple[Vantage, Probe]]:
    """The probes of every backend of the checks that passed and could have failed."""
    for record in records:
        yield from ((record.check.vantage, probe) for _, probe in _attempts(record, snapshot))


def with_backends(
    record: CheckRecord, observations: Mapping[str, Observation], snapshot: Snapshot
) -> CheckRecord:
    """The record as all of its backends have it: a check that wants to get through fails where one
    of them is not reached."""
    tried = [
        (label, observations[probe.id])
        for label, probe in _attempts(record, snapshot)
        if probe.id in observations
    ]
    if not tried:
        return record
    failed = [attempt for attempt in tried if attempt[1].outcome is not Outcome.OK]
    evidence = record.observation.evidence
    notes = (*evidence.notes, _said(tried, failed, len(record.prediction.backends)))
    observation = replace(record.observation, evidence=replace(evidence, notes=notes))
    if not failed:
        return replace(record, observation=observation)
    wanted = record.check.expected is Expectation.OK
    result = Result.FAIL if wanted else Result.INCONCLUSIVE
    return replace(record, observation=observation, result=result)


def _said(tried: Sequence[Attempt], failed: Sequence[Attempt], backends: int) -> str:
    again = sum(label == "" for label, _ in tried)
    outcomes = Counter(str(seen.outcome) for label, seen in failed if not label)
    named = ", ".join(f"{label} {seen.outcome}" for label, seen in failed if label)
    if named:
        each = sum(1 for label, _ in failed if label)
        return f"{each} of the {len(tried) - again} pods behind it is not reached: {named}"
    if failed:
        words = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        return (
            f"{len(failed)} of {again} further tries failed ({words}): each goes to one of "
            f"{backends} pods, by chance"
        )
    if again:
        missed = (1 - 1 / backends) ** again
        rest = f"; a given pod is missed with a chance of {missed:.0%}" if missed >= 0.01 else ""
        return (
            f"{again} further tries, each to one of {backends} pods by chance, succeeded too{rest}"
        )
    return f"all {len(tried)} pods behind it were tried, and answer"


def _attempts(record: CheckRecord, snapshot: Snapshot) -> Iterator[tuple[str, Probe]]:
    """What is tried besides, with the backend's name; without one it is the same once more."""
    backends = record.prediction.backends
    rulings = {backend.ruling for backend in backends}
    wanted = record.check.expected in (Expectation.OK, Expectation.PREDICTED)
    through = record.observation.outcome is Outcome.OK
    # Where policies allow all backends alike, another one is another throw of the same dice, and
    # further probes for each check would be most of a run's packets.
    if not wanted or not through or len(backends) < 2 or rulings == {Ruling.ALLOWED}:
        return
    service = record.check.flow.destination.kind is EndpointKind.SERVICE
    if service and len(rulings) > 1:
        for backend in backends[:MOST_BACKENDS]:
            probe = _probe(record, backend, snapshot)
            if probe is not None:
                yield backend.destination, probe
    elif Ruling.UNDEFINED in rulings or len(rulings) > 1:
        for number in range(_tries(len(backends))):
            yield "", replace(record.check.probe, id=f"again/{number}/{record.check.id}")


def _tries(backends: int) -> int:
    """Connections after which each backend was met, but for a chance of `MISSED`: a connection
    passes by a given one of N with a probability of 1 - 1/N."""
    return min(math.ceil(math.log(MISSED) / math.log(1 - 1 / backends)), MOST_TRIES)


def _probe(record: CheckRecord, backend: BackendTrail, snapshot: Snapshot) -> Probe | None:
    ref = backend.pod
    pod = snapshot.pod(ref)
    if pod is None or not pod.ips or not backend.port:
        return None
    udp = record.check.flow.protocol == "UDP"
    kind = ProbeKind.UDP if udp else ProbeKind.TCP
    # By the pod's own address, past the translation: that is what each backend looks like to
    # policies that come after it, and there is no way to ask a Service for a particular backend.
    name = f"backend/{record.check.id}/{pod.ips[0]}:{backend.port}"
    return Probe(name, kind, pod.ips[0], backend.port, record.check.probe.timeout)
