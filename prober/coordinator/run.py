"""One run: the thin async shell around pure planning, judging and diagnosis."""

from __future__ import annotations

import datetime
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from prober import __version__
from prober.coordinator.backends import trials, with_backends
from prober.coordinator.caveats import with_caveats
from prober.coordinator.controls import (
    Seen,
    Situation,
    Surroundings,
    controls_seen,
    surroundings_of,
)
from prober.coordinator.gathering import Gathered, Gathering
from prober.coordinator.inquest import conclude
from prober.coordinator.plan import Wave, first_wave, renumbered, second_wave, wave_of
from prober.coordinator.verdict import Passage, judge, passage, settle, unproven
from prober.diagnosis.facts.locate import gateway
from prober.diagnosis.facts.reasons import reasons_for
from prober.diagnosis.planning import planned
from prober.fabric.base import Caveat, Fabric
from prober.model.check import Check, EndpointKind, Flow
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction
from prober.model.probe import Failure
from prober.model.run import CheckRecord, Result, RunRecord, Verdict
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor
from prober.report.progress import NullProgress, Progress


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to do."""

    name: str
    """The scenario's name, or the command's."""
    checks: Callable[[Snapshot], Sequence[Check]]
    """Resolves the checks once the snapshot is known; raises InputError for names it does not
    have."""
    warnings: tuple[str, ...] = ()
    left_out: Callable[[Snapshot], Sequence[str]] = lambda snapshot: ()
    """More warnings once the snapshot is known: whom the checks leave out."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run before its first packet: what `--dry-run` shows."""

    snapshot: Snapshot
    checks: tuple[Check, ...]
    predictor: Predictor
    predictions: Mapping[str, Prediction]
    around: Surroundings
    wave: Wave
    caveats: tuple[Caveat, ...] = ()


async def prepare(fabric: Fabric, request: Request) -> Prepared:
    """Read the snapshot, resolve the checks, predict and plan."""
    snapshot = await fabric.snapshot()
    checks = renumbered(request.checks(snapshot))
    predictor = Predictor(snapshot, hosts=fabric.hosts)
    predictions = {check.id: predictor.predict(check.flow) for check in checks}
    around = surroundings_of(checks, predictions, snapshot, predictor, fabric.vantages())
    wave = first_wave(checks, predictions, around)
    caveats = tuple(fabric.caveats())
    return Prepared(snapshot, checks, predictor, predictions, around, wave, caveats)


async def execute(fabric: Fabric, request: Request, progress: Progress | None = None) -> RunRecord:
    """Run all checks, ask the follow-up questions, judge and diagnose."""
    progress = progress or NullProgress()
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    ready = await prepare(fabric, request)
    gathered = Gathered()
    names = {check.id: check.name for check in ready.checks}
    progress.started(len(ready.checks))
    for check in ready.checks:
        if check.untestable:
            progress.observed(check.name, Outcome.ERROR)
    try:
        await _probe(fabric, ready.wave, gathered, names, progress)
        surprises = [
            record for record in _records(ready, (ready.wave,), gathered) if not record.calm
        ]
        seen = Seen.of(gathered.observations)
        follow = second_wave(surprises, ready.wave, seen, ready.around)
        await _probe(fabric, follow, gathered, {}, progress)
        judged = _records(ready, (ready.wave, follow), gathered)
        await _probe(fabric, wave_of(trials(judged, ready.snapshot)), gathered, {}, progress)
        tried = (with_backends(record, gathered.observations, ready.snapshot) for record in judged)
        records = tuple(
            replace(record, reasons=reasons_for(record, ready.snapshot)) for record in tried
        )
        findings = await conclude(
            records,
            ready.snapshot,
            ready.predictor,
            fabric.vantages(),
            lambda wave: _answers(fabric, wave, progress),
        )
    finally:
        progress.finished()
    return RunRecord(
        id=f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        scenario=request.name,
        fabric=fabric.info(),
        started=started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        duration_ms=(time.monotonic() - clock) * 1000,
        checks=records,
        findings=planned(findings, records, ready.predictor),
        failures=_failures(gathered, records),
        warnings=_warnings(request, ready),
        version=__version__,
        addresses=_addresses(ready.snapshot),
    )


def _warnings(request: Request, ready: Prepared) -> tuple[str, ...]:
    """Everything that anybody warns about, each once."""
    caveats = (caveat.text for caveat in ready.caveats)
    return tuple(dict.fromkeys((*request.warnings, *request.left_out(ready.snapshot), *caveats)))


def _addresses(snapshot: Snapshot) -> dict[str, str]:
    """Whose address is it, for reports: nodes only, since evidence is about who answered on the
    way."""
    found = {address: node.name for node in snapshot.nodes.values() for address in node.addresses}
    gateways = {
        gateway(cidr): node.name for node in snapshot.nodes.values() for cidr in node.pod_cidrs
    }
    return gateways | found


async def _probe(
    fabric: Fabric, wave: Wave, gathered: Gathered, names: Mapping[str, str], progress: Progress
) -> None:
    if not wave.plans:
        return
    gathering = Gathering(gathered, wave.plans)
    async with aclosing(fabric.run(wave.plans)) as stream:
        async for item in stream:
            observation = gathering.take(item)
            if observation is not None and observation.probe in names:
                progress.observed(names[observation.probe], observation.outcome)


async def _answers(fabric: Fabric, wave: Wave, progress: Progress) -> Mapping[str, Observation]:
    """What came back for the diagnosis' questions. A vantage that could not answer is no failure of
    the run: its checks are judged already."""
    gathered = Gathered()
    await _probe(fabric, wave, gathered, {}, progress)
    return gathered.observations


def _failures(gathered: Gathered, records: Sequence[CheckRecord]) -> tuple[Failure, ...]:
    """The vantages that could not run their plan and are missed: those of checks, and those whose
    controls nobody made in their stead."""
    missed = {record.check.vantage.id for record in records}
    missed |= {
        control.vantage
        for record in records
        if not record.calm
        for control in record.controls
        if not control.passed
    }
    return tuple(failure for failure in gathered.failures.values() if failure.vantage in missed)


def _records(ready: Prepared, waves: Sequence[Wave], gathered: Gathered) -> list[CheckRecord]:
    """What is known after these waves, judged."""
    seen = Seen.of(gathered.observations)
    return [_record(check, ready, waves, gathered, seen) for check in ready.checks]


def _record(
    check: Check, ready: Prepared, waves: Sequence[Wave], gathered: Gathered, seen: Seen
) -> CheckRecord:
    observation = gathered.observations.get(check.id) or _unobserved(check, gathered.failures)
    prediction = _repredicted(check, observation, ready)
    situation = Situation(check, ready.predictions[check.id], ready.snapshot)
    specs = [spec for wave in waves for spec in wave.controls.get(check.id, ())]
    controls = controls_seen(specs, situation, observation, seen) if specs else ()
    for wave in waves:
        look = gathered.observations.get(wave.closer_looks.get(check.id, ""))
        if look is not None:
            observation = _with_look(observation, look)
    observation = settle(check, observation, controls)
    verdict, result = judge(check, prediction, observation, controls)
    doubts: tuple[str, ...] = ()
    if verdict is Verdict.INCONCLUSIVE or result is Result.INCONCLUSIVE:
        closed = passage(check, observation, controls) is Passage.CLOSED
        doubts = unproven(check, observation, controls) if closed else ()
    record = CheckRecord(
        check, prediction, observation, verdict, result, controls=controls, doubts=doubts
    )
    return with_caveats(record, ready.caveats, ready.predictor)


def _with_look(observation: Observation, look: Observation) -> Observation:
    """The observation with what the closer look saw on the way."""
    seen = observation.evidence
    icmp = tuple(dict.fromkeys((*seen.icmp, *look.evidence.icmp)))
    return replace(observation, evidence=replace(seen, icmp=icmp, hops=look.evidence.hops))


def _repredicted(check: Check, observation: Observation, ready: Prepared) -> Prediction:
    """The prediction for the address that the name turned out to have: an ipBlock may depend on
    it."""
    destination = check.flow.destination
    if destination.kind is not EndpointKind.HOST or destination.address or not observation.address:
        return ready.predictions[check.id]
    flow: Flow = replace(check.flow, destination=replace(destination, address=observation.address))
    return ready.predictor.predict(flow)


def _unobserved(check: Check, failures: Mapping[str, Failure]) -> Observation:
    """The probe's place in the record when nothing came back for it: an error, never a pass."""
    failure = failures.get(check.vantage.id)
    detail = check.untestable or (
        failure.message if failure else "the vantage ended without a word about this probe"
    )
    return Observation(probe=check.id, outcome=Outcome.ERROR, detail=detail)
