"""From what came back to the records of the checks: the observation settled, judged, explained.
Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from prober.coordinator.caveats import with_caveats
from prober.coordinator.controls import Candidates, CheckContext, Seen, controls_seen
from prober.coordinator.gathering import Gathered
from prober.coordinator.plan import Wave
from prober.coordinator.verdict import Passage, judge, passage, settle, unproven
from prober.fabric.base import Caveat
from prober.model.check import Check, EndpointKind, Flow
from prober.model.limits import STANDARD, Limits
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction
from prober.model.probe import Failure
from prober.model.run import CheckRecord, Result, Verdict


@dataclass(frozen=True, slots=True)
class Ready:
    """Checks before their first packet."""

    checks: tuple[Check, ...]
    predictions: Mapping[str, Prediction]
    candidates: Candidates
    wave: Wave
    caveats: tuple[Caveat, ...] = ()
    limits: Limits = STANDARD


def failures_of(gathered: Gathered, records: Sequence[CheckRecord]) -> tuple[Failure, ...]:
    """The vantages that could not run their plan and are missed: those of checks, and those whose
    controls nobody made in their stead."""
    missed = {record.check.vantage.id for record in records}
    missed |= {
        control.vantage
        for record in records
        if not record.as_expected
        # Only controls that matter: of checks that are not as expected. A vantage that failed, and
        # whose work somebody else did, is no news for a reader.
        for control in record.controls
        if not control.passed
    }
    return tuple(failure for failure in gathered.failures.values() if failure.vantage in missed)


def seen_in(waves: Sequence[Wave], gathered: Gathered) -> Seen:
    vantages = {probe: vantage for wave in waves for probe, vantage in wave.vantages.items()}
    return Seen(gathered.observations, vantages)


def records_of(ready: Ready, waves: Sequence[Wave], gathered: Gathered) -> list[CheckRecord]:
    """What is known after these waves, judged."""
    seen = seen_in(waves, gathered)
    return [_record(check, ready, waves, gathered, seen) for check in ready.checks]


def _record(
    check: Check, ready: Ready, waves: Sequence[Wave], gathered: Gathered, seen: Seen
) -> CheckRecord:
    observation = gathered.observations.get(check.id) or _unobserved(check, gathered.failures)
    # Predicted again with what is known now, and compared with that: else a check of `github.com`
    # would be judged by what the policies say about all addresses that github.com might have. The
    # controls are still those of the first prediction, since they were sent before the answer came.
    prediction = _repredicted(check, observation, ready)
    context = CheckContext(check, ready.predictions[check.id], ready.candidates.snapshot)
    specs = [spec for wave in waves for spec in wave.controls.get(check.id, ())]
    controls = controls_seen(specs, context, observation, seen) if specs else ()
    for wave in waves:
        look = gathered.observations.get(wave.closer_looks.get(check.id, ""))
        if look is not None:
            observation = _with_look(observation, look)
    # After the closer look, whose ICMP errors are part of what `settle` and `judge` go by; before
    # the verdict, which must see `rejected` and not `refused`.
    observation = settle(check, observation, controls)
    verdict, result = judge(check, prediction, observation, controls)
    doubts: tuple[str, ...] = ()
    if verdict is Verdict.INCONCLUSIVE or result is Result.INCONCLUSIVE:
        closed = passage(check, observation, controls) is Passage.CLOSED
        doubts = unproven(check, observation, controls) if closed else ()
    record = CheckRecord(
        check, prediction, observation, verdict, result, controls=controls, doubts=doubts
    )
    return with_caveats(record, ready.caveats, ready.candidates.predictor)


def _with_look(observation: Observation, look: Observation) -> Observation:
    """The observation with what the closer look saw on the way."""
    seen = observation.evidence
    icmp = tuple(dict.fromkeys((*seen.icmp, *look.evidence.icmp)))
    return replace(observation, evidence=replace(seen, icmp=icmp, hops=look.evidence.hops))


def _repredicted(check: Check, observation: Observation, ready: Ready) -> Prediction:
    """The prediction for the address that the name turned out to have: an ipBlock may depend on
    it."""
    destination = check.flow.destination
    if (
        destination.kind is not EndpointKind.OUTSIDE
        or destination.address
        or not observation.address
    ):
        return ready.predictions[check.id]
    flow: Flow = replace(check.flow, destination=replace(destination, address=observation.address))
    return ready.candidates.predictor.predict(flow)


def _unobserved(check: Check, failures: Mapping[str, Failure]) -> Observation:
    """The probe's place in the record when nothing came back for it: an error, never a pass."""
    failure = failures.get(check.vantage.id)
    detail = check.skip_reason or (
        failure.message if failure else "the vantage ended without a word about this probe"
    )
    return Observation(probe=check.id, outcome=Outcome.ERROR, detail=detail)
