"""Checks and controls into one plan a vantage. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from prober.coordinator.controls import ControlSpec, controls_for
from prober.model.check import Check, EndpointKind, Expectation, Vantage
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction, Ruling
from prober.model.probe import Plan, Probe, ProbeKind
from prober.model.protocol import BY_KIND
from prober.model.run import CheckRecord
from prober.model.snapshot import Snapshot

LOOK_TIMEOUT = 0.6
"""Seconds for each connect of a closer look: it asks routers nearby, so it need not be patient."""

MOST_LOOKS = 32
"""Most closer looks in a run: where hundreds of checks time out, a few tell as much as all."""


@dataclass(frozen=True, slots=True)
class Wave:
    """The probes that are sent at once."""

    plans: tuple[tuple[Vantage, Plan], ...] = ()
    controls: Mapping[str, tuple[ControlSpec, ...]] = field(default_factory=dict)
    """By check id."""
    closer_looks: Mapping[str, str] = field(default_factory=dict)
    """By check id: the id of the probe that looks closer at where the packets went."""

    @property
    def probes(self) -> int:
        return sum(len(plan.probes) for _, plan in self.plans)


def first_wave(
    checks: Sequence[Check],
    predictions: Mapping[str, Prediction],
    snapshot: Snapshot,
    vantages: Collection[Vantage],
) -> Wave:
    """The probe of every check that can be tested and, at once with it, the controls of those that
    are expected to be closed."""
    controls = {
        check.id: controls_for(check, predictions[check.id], snapshot, vantages)
        for check in checks
        if not check.untestable and _may_be_closed(check, predictions[check.id])
    }
    probes = [(check.vantage, check.probe) for check in checks if not check.untestable]
    return Wave(_plans(probes, controls.values()), controls)


def second_wave(
    surprises: Sequence[CheckRecord], first: Wave, snapshot: Snapshot, vantages: Collection[Vantage]
) -> Wave:
    """What the surprises ask for: a control where there was none, and a closer look where packets
    vanished."""
    tested = [record for record in surprises if not record.check.untestable]
    failed = [record for record in tested if record.observation.outcome is not Outcome.OK]
    controls = {
        record.check.id: controls_for(record.check, record.prediction, snapshot, vantages)
        for record in failed
        if record.check.id not in first.controls
    }
    lost = [record for record in failed if _worth_a_look(record.check, record.observation)][
        :MOST_LOOKS
    ]
    looks = {
        record.check.id: (record.check.vantage, _closer_look(record, snapshot)) for record in lost
    }
    return Wave(
        _plans(looks.values(), controls.values()),
        controls,
        {check: probe.id for check, (_, probe) in looks.items()},
    )


def wave_of(probes: Iterable[tuple[Vantage, Probe]]) -> Wave:
    """Probes of nobody's check, each with the vantage that makes it."""
    return Wave(_plans(probes, ()))


def _may_be_closed(check: Check, prediction: Prediction) -> bool:
    if check.expected is Expectation.PREDICTED:
        return prediction.verdict is not Ruling.ALLOWED
    return check.expected is not Expectation.OK or prediction.verdict is Ruling.DENIED


def _worth_a_look(check: Check, observation: Observation) -> bool:
    """Packets vanished, or somebody said no in a Service's name."""
    connects = BY_KIND[check.probe.kind].connects and bool(observation.address)
    hidden = (
        observation.outcome is Outcome.REJECTED
        and check.flow.destination.kind is EndpointKind.SERVICE
    )
    return connects and (observation.outcome is Outcome.TIMEOUT or hidden)


def _closer_look(record: CheckRecord, snapshot: Snapshot) -> Probe:
    """A connect with a TTL walk to the very address that was tried. Behind a Service, to its first
    backend: address translation makes whoever answers on the way to a Service's address answer in
    the Service's name."""
    check, backends = record.check, record.prediction.backends
    address, port = record.observation.address, check.probe.port
    backend = backends[0] if backends else None
    if (
        check.flow.destination.kind is EndpointKind.SERVICE
        and backend
        and backend.pod
        and backend.port
    ):
        pod = snapshot.pods[backend.pod.namespace, backend.pod.name]
        address, port = (pod.ips[0], backend.port) if pod.ips else (address, port)
    timeout = min(check.probe.timeout, LOOK_TIMEOUT)
    return Probe(
        id=f"look/{check.id}",
        kind=ProbeKind.TCP,
        host=address,
        port=port,
        timeout=timeout,
        hops=True,
    )


def _plans(
    probes: Iterable[tuple[Vantage, Probe]], controls: Iterable[Sequence[ControlSpec]]
) -> tuple[tuple[Vantage, Plan], ...]:
    """One plan a vantage; probes with the same id are sent once."""
    by_vantage: dict[Vantage, dict[str, Probe]] = {}
    for vantage, probe in probes:
        by_vantage.setdefault(vantage, {})[probe.id] = probe
    for specs in controls:
        for spec in specs:
            by_vantage.setdefault(spec.vantage, {})[spec.probe.id] = spec.probe
    return tuple(
        (vantage, Plan(vantage=vantage.id, probes=tuple(found.values())))
        for vantage, found in sorted(by_vantage.items())
    )


def renumbered(checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks with their probes' ids set to the checks' ids, by which observations find their
    way back."""
    return tuple(replace(check, probe=replace(check.probe, id=check.id)) for check in checks)
