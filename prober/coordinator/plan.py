"""Checks and controls into one plan a vantage. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from prober.coordinator.controls import (
    Candidates,
    CheckContext,
    ControlSpec,
    Seen,
    controls_for,
    later_controls,
)
from prober.coordinator.rates import shared_out
from prober.model.check import Check, EndpointKind, Expectation, Vantage
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction, Ruling
from prober.model.probe import Plan, Probe, ProbeKind
from prober.model.protocol import BY_KIND
from prober.model.run import CheckRecord, Shows
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
    def vantages(self) -> Mapping[str, Vantage]:
        """Who makes it, by the id of the probe."""
        return {probe.id: vantage for vantage, plan in self.plans for probe in plan.probes}

    @property
    def probes(self) -> int:
        return sum(len(plan.probes) for _, plan in self.plans)


def first_wave(
    checks: Sequence[Check], predictions: Mapping[str, Prediction], candidates: Candidates
) -> Wave:
    """The probe of every check that can be tested and, at once with it, the controls of those that
    are expected to be closed."""
    # Sent at once with the checks, before it is known whether they are needed. The alternative, to
    # send them only after a check came back closed, costs a second timeout in every run with a deny
    # test; and it would show that the target answers *now*, while the denial was a few seconds ago.
    controls = {
        check.id: controls_for(
            CheckContext(check, predictions[check.id], candidates.snapshot), candidates
        )
        for check in checks
        if not check.skip_reason and _may_be_closed(check, predictions[check.id])
    }
    probes = [(check.vantage, check.probe) for check in checks if not check.skip_reason]
    return Wave(_plans(probes, controls.values()), controls)


def second_wave(
    surprises: Sequence[CheckRecord], first: Wave, seen: Seen, candidates: Candidates
) -> Wave:
    """What the surprises ask for: whether the target is alive where nobody asked that yet, a
    control by the address that a name turned out to have, and a closer look where packets
    vanished."""
    tested = [record for record in surprises if not record.check.skip_reason]
    # An error says that the vantage could not try, and nothing about the way: what else works from
    # elsewhere would not make it an answer, and in a cluster would cost the start of a pod.
    failed = [
        record for record in tested if record.observation.outcome not in (Outcome.OK, Outcome.ERROR)
    ]
    controls = {
        record.check.id: specs
        for record in failed
        if (specs := _later(record, first, seen, candidates))
    }
    # A closer look is about the way, so one for each vantage and target would do; thirty-two is a
    # bound for the run in which everything times out, where routers would rate-limit the answers
    # anyway.
    lost = [record for record in failed if _worth_a_look(record.check, record.observation)]
    looks = {
        record.check.id: (record.check.vantage, _closer_look(record, candidates.snapshot))
        for record in lost[:MOST_LOOKS]
    }
    return Wave(
        _plans(looks.values(), controls.values()),
        controls,
        {check: probe.id for check, (_, probe) in looks.items()},
    )


def _later(
    record: CheckRecord, first: Wave, seen: Seen, candidates: Candidates
) -> tuple[ControlSpec, ...]:
    context = CheckContext(record.check, record.prediction, candidates.snapshot)
    made = first.controls.get(record.check.id)
    if made is None:
        return controls_for(context, candidates, frozenset({Shows.TARGET}))
    return later_controls(made, context, record.observation, seen)


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
    probes: Iterable[tuple[Vantage, Probe]], controls: Collection[Sequence[ControlSpec]]
) -> tuple[tuple[Vantage, Plan], ...]:
    """One plan a vantage; probes with the same id are sent once, with the longest of their
    timeouts."""
    by_vantage: dict[Vantage, dict[str, Probe]] = {}
    wanted = [(spec.vantage, spec.probe) for specs in controls for spec in specs]
    for vantage, probe in [*probes, *wanted]:
        if vantage is None or probe is None:
            continue  # a control that nobody can make
        mine = by_vantage.setdefault(vantage, {})
        known = mine.get(probe.id)
        # The longest: a control that gave up sooner than its check would call a slow target dead,
        # and make a denial of a timeout that was none.
        if known is None or known.timeout < probe.timeout:
            mine[probe.id] = probe
    awaited: dict[Vantage, dict[str, None]] = {}
    for spec in itertools.chain.from_iterable(controls):
        if spec.shows is Shows.SOURCE and spec.awaited and spec.vantage and spec.probe:
            awaited.setdefault(spec.vantage, {})[spec.probe.id] = None
    order = sorted(by_vantage)
    plans = shared_out(
        tuple(
            Plan(
                vantage.id,
                tuple(by_vantage[vantage].values()),
                awaited=tuple(awaited.get(vantage, ())),
            )
            for vantage in order
        )
    )
    return tuple(zip(order, plans, strict=True))
