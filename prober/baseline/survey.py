"""What is reachable now: the checks among the workloads, and what came back of them, as a
baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from prober.baseline.naming import PASSING, by_workload, workload_name
from prober.coordinator.pairs import pair_checks
from prober.coordinator.verdict import Passage, passage, proven
from prober.manifest.workloads.owners import common_labels
from prober.model.baseline import Baseline, Cell, FlowKey, Forecast, Reach, Scope
from prober.model.check import Check, Endpoint
from prober.model.objects import Pod
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, RunRecord
from prober.model.snapshot import Snapshot
from prober.policy.deciding import selects
from prober.scenario.text.selector import parse_selector


@dataclass(frozen=True, slots=True)
class Survey:
    """A baseline with what it was made from."""

    baseline: Baseline
    snapshot: Snapshot
    records: Mapping[FlowKey, tuple[CheckRecord, ...]]
    """The checks of each flow: one for each pair of pods."""


def in_scope(scope: Scope) -> Callable[[Pod], bool]:
    """Which pods are in scope. Raises `UsageError` for a selector that is none."""
    labels = parse_selector(scope.selector)
    return lambda pod: (
        (not scope.namespaces or pod.namespace in scope.namespaces) and selects(labels, pod.labels)
    )


def taking_part(snapshot: Snapshot, scope: Scope) -> Mapping[str, tuple[Pod, ...]]:
    """The pods that are probed, by workload: those that run and have an address, of Jobs none.
    Where some pods of a workload are ready, the others are left out: a pod that starts, or goes, is
    no change of the network."""
    wanted = in_scope(scope)
    pods = [
        pod
        for pod in snapshot.pods.values()
        if pod.running and pod.ips and wanted(pod) and not (pod.owner and pod.owner.kind in PASSING)
    ]
    chosen = {}
    for name, members in by_workload(pods).items():
        ready = tuple(pod for pod in members if pod.ready) or members
        chosen[name] = ready if scope.every_pod else ready[:1]
    return chosen


def survey_checks(snapshot: Snapshot, scope: Scope, timeout: float) -> Sequence[Check]:
    """A check for each pair of pods that take part and each TCP or UDP port that the second
    declares. A pod and itself is no pair: it always reaches itself."""
    chosen = {pod.ref for pods in taking_part(snapshot, scope).values() for pod in pods}
    checks = pair_checks(snapshot, timeout=timeout, wanted=lambda pod: pod.ref in chosen)
    return [
        replace(check, group="baseline")
        for check in checks
        if check.flow.source != check.flow.destination
    ]


def survey_of(record: RunRecord, snapshot: Snapshot, scope: Scope) -> Survey:
    """The baseline of a run of `survey_checks` over the same snapshot."""
    workloads = taking_part(snapshot, scope)
    grouped: dict[FlowKey, list[CheckRecord]] = {}
    for check in record.checks:
        grouped.setdefault(_key(check.check, snapshot), []).append(check)
    records = {key: tuple(grouped[key]) for key in sorted(grouped)}
    spaces = {pod.namespace for pods in workloads.values() for pod in pods}
    baseline = Baseline(
        created=record.started,
        fabric=record.fabric,
        scope=scope,
        namespaces={
            name: dict(sorted(snapshot.namespaces[name].labels.items())) for name in sorted(spaces)
        },
        workloads={name: common_labels(pods) for name, pods in workloads.items()},
        policies=tuple(
            sorted(
                (policy for policy in snapshot.policies if policy.namespace in spaces),
                key=lambda policy: policy.ref,
            )
        ),
        others=tuple(
            sorted(
                (policy for policy in snapshot.other_policies if policy.namespace in {"", *spaces}),
                key=lambda policy: policy.ref,
            )
        ),
        cells={key: _cell(checks) for key, checks in records.items()},
    )
    return Survey(baseline, snapshot, records)


def _key(check: Check, snapshot: Snapshot) -> FlowKey:
    def name(end: Endpoint) -> str:
        return workload_name(snapshot.pods[end.namespace, end.name])

    port = check.flow.port if isinstance(check.flow.port, int) else check.probe.port
    return FlowKey(
        name(check.flow.source), name(check.flow.destination), port, str(check.flow.protocol)
    )


def _cell(records: Sequence[CheckRecord]) -> Cell:
    reaches = Counter(reach_of(record) for record in records)
    observed = (
        Reach.UNKNOWN
        if reaches[Reach.UNKNOWN]
        else next(iter(reaches))
        if len(reaches) == 1
        else Reach.PARTLY
    )
    return Cell(
        predicted=forecast(record.prediction.verdict for record in records),
        observed=observed,
        outcomes=tuple(sorted({record.observation.outcome.value for record in records})),
        share=f"{reaches[Reach.OPEN]}/{len(records)}" if observed is Reach.PARTLY else "",
        policies=tuple(
            sorted({str(ref) for record in records for ref in record.prediction.decisive})
        ),
    )


def forecast(rulings: Iterable[Ruling]) -> Forecast:
    """What several pairs of pods have in common; at least one ruling is needed."""
    different = set(rulings)
    return Forecast(next(iter(different)).value) if len(different) == 1 else Forecast.PARTLY


def reach_of(record: CheckRecord) -> Reach:
    """What one check says about the way. A silence without a control that succeeds says nothing."""
    way = passage(record.check, record.observation, record.controls)
    if way is Passage.OPEN:
        return Reach.REFUSED if record.observation.outcome is Outcome.REFUSED else Reach.OPEN
    closed = way is Passage.CLOSED and proven(record.check, record.observation, record.controls)
    return Reach.CLOSED if closed else Reach.UNKNOWN
