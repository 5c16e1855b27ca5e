"""Parts of a run: samples stand for what they say, and shards together are the whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from prober.coordinator.merge import merge
from prober.coordinator.pairs import pair_checks, with_strangers
from prober.coordinator.sampling import Sample, sample
from prober.coordinator.shards import NOTE, ORDER_NOTE, Shard, read, written
from prober.model.check import Check
from prober.model.errors import ExitCode, UsageError
from prober.model.objects import (
    ContainerPort,
    LabelSelector,
    Namespace,
    NetworkPolicy,
    Pod,
    PolicyPeer,
    PolicyRule,
)
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction, Ruling
from prober.model.run import (
    CheckRecord,
    Confidence,
    FabricInfo,
    Finding,
    Fix,
    Result,
    RunRecord,
    Verdict,
)
from prober.model.snapshot import Snapshot
from prober.policy.matrix.classes import pod_classes
from prober.policy.predictor import Predictor


def world(replicas: int = 4) -> Snapshot:
    """Two namespaces of web and db; a db lets its own namespace in. Every pod has a name of its own
    among its labels, by which nobody selects."""
    pods = [
        Pod(
            space,
            f"{app}-{n}",
            {"app": app, "pod": f"{app}-{n}"},
            f"n{n % 3}",
            (f"198.18.{'xy'.index(space)}.{10 * 'wd'.index(app[0]) + n + 1}",),
            ports=(ContainerPort(8080),),
        )
        for space in "xy"
        for app in ("web", "db")
        for n in range(replicas)
    ]
    own = PolicyRule((PolicyPeer(LabelSelector()),))
    policies = tuple(
        NetworkPolicy(space, "own", LabelSelector({"app": "db"}), ingress=(own,)) for space in "xy"
    )
    return Snapshot(
        namespaces={space: Namespace(space) for space in "xy"},
        pods={(pod.namespace, pod.name): pod for pod in pods},
        policies=policies,
    )


def drawn(seed: int, snapshot: Snapshot | None = None) -> Sample:
    return sample(snapshot or world(), timeout=1, wanted=lambda pod: True, seed=seed)


def test_pods_are_of_one_class_that_nothing_tells_apart() -> None:
    classes = pod_classes(world())
    assert len(set(classes.values())) == 4
    named = replace(
        world(),
        policies=(NetworkPolicy("x", "one", LabelSelector({"pod": "web-1"})), *world().policies),
    )
    assert len(set(pod_classes(named).values())) == 5


def test_a_sample_has_a_pair_of_each_kind_and_what_it_says_of_them_is_so() -> None:
    """Every pair of the matrix is predicted as the one that stands for it."""
    snapshot = world()
    classes, predictor = pod_classes(snapshot), Predictor(snapshot)

    def kind(check: Check) -> tuple[object, ...]:
        ends = [(end.namespace, end.name) for end in (check.flow.source, check.flow.destination)]
        nodes = {snapshot.pods[end].node for end in ends}
        return classes[ends[0]], classes[ends[1]], ends[0] == ends[1], len(nodes), check.flow.port

    every = pair_checks(snapshot, timeout=1)
    sizes = Counter(map(kind, every))
    taken = drawn(7)
    assert taken.pairs == len(every)
    assert Counter(map(kind, taken.checks)) == dict.fromkeys(sizes, 1)
    verdicts = {kind(one): predictor.rulings(one.flow) for one in taken.checks}
    assert all(predictor.rulings(one.flow) == verdicts[kind(one)] for one in every)
    for one in taken.checks:
        assert f"(for {sizes[kind(one)]} " in one.name
    assert f"{len(taken.checks)} of {len(every)} pairs were probed" in taken.words
    assert "not observed" in taken.words


def test_a_sample_does_not_grow_with_replicas() -> None:
    assert len(drawn(1, world(30)).checks) == len(drawn(1, world(6)).checks)


def test_another_seed_draws_other_pods_and_in_the_end_all_of_them() -> None:
    assert drawn(1).checks == drawn(1).checks
    runs = [{check.id for check in drawn(seed).checks} for seed in range(120)]
    assert runs[0] != runs[1]
    every = {check.id for check in pair_checks(world(), timeout=1)}
    assert set().union(*runs) == every


def test_shards_have_every_check_once_and_a_vantage_each() -> None:
    checks = pair_checks(world(), timeout=1)
    parts = [Shard(index, 5).part(checks) for index in range(5)]
    assert sorted(at for positions, _ in parts for at in positions) == list(range(len(checks)))
    vantages = [{check.vantage for check in mine} for _, mine in parts]
    assert sum(map(len, vantages)) == len(set().union(*vantages))
    assert all(
        checks[at] is one
        for positions, mine in parts
        for at, one in zip(positions, mine, strict=True)
    )


@pytest.mark.parametrize("text", ["8/8", "-1/8", "a/b", "1", "1/0", "1/99999", "", "1/2/3"])
def test_what_is_no_shard_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="is no shard"):
        Shard.parse(text)


@given(st.sets(st.integers(0, 300)))
def test_positions_are_read_as_written(positions: set[int]) -> None:
    order = sorted(positions)
    assert read(written(order), len(order)) == order


@pytest.mark.parametrize("text", ["0-999999999", "x", "3-1", "0,0-8", "1;2", "-1"])
def test_positions_that_anybody_wrote_are_bounded(text: str) -> None:
    assert read(text, 3) is None


def record_of(checks: list[Check], **notes: str) -> RunRecord:
    answer = Prediction(Ruling.ALLOWED, Ruling.ALLOWED, Ruling.ALLOWED, "no policies")
    made = tuple(
        CheckRecord(
            check,
            answer,
            Observation(check.id, Outcome.OK),
            Verdict.AS_PREDICTED,
            Result.PASS,
        )
        for check in checks
    )
    return RunRecord(
        "id", "matrix", FabricInfo("lab", "lab"), "2026-01-01T00:00:00Z", 1, made, notes=notes
    )


def sharded(count: int) -> list[RunRecord]:
    checks = pair_checks(world(), timeout=1)
    parts = []
    for index in range(count):
        positions, mine = Shard(index, count).part(checks)
        notes = {NOTE: f"{index}/{count}", ORDER_NOTE: written(positions)}
        parts.append(record_of(mine, **notes))
    return parts


def test_merged_shards_are_the_undivided_run() -> None:
    whole = record_of(pair_checks(world(), timeout=1))
    merged = merge(sharded(8)[::-1], complete=True)
    assert merged.checks == whole.checks
    assert (merged.notes, merged.failures) == ({}, ())
    assert merged.exit_code == whole.exit_code == ExitCode.OK


def test_strangers_are_predicted_for_each_pod_and_are_no_check() -> None:
    """A db lets nobody in but its own namespace; nothing is said about going out."""
    rows = {
        row.pod: row for row in with_strangers(world(1), wanted=lambda pod: pod.namespace == "x")
    }
    assert set(rows) == {"x/web-0", "x/db-0"}
    assert rows["x/db-0"].from_any_other_namespace == (Ruling.DENIED,)
    assert rows["x/web-0"].from_any_other_namespace == (Ruling.ALLOWED,)
    assert {row.to_outside for row in rows.values()} == {(Ruling.ALLOWED,)}


def test_merged_shards_say_once_what_is_predicted_only() -> None:
    rows = with_strangers(world())
    merged = merge([replace(part, predicted_only=rows) for part in sharded(3)], complete=True)
    assert merged.predicted_only == rows
    assert merged.summary.total == len(merged.checks)


def test_a_missing_shard_is_no_green() -> None:
    merged = merge([part for part in sharded(8) if part.notes[NOTE] != "3/8"], complete=True)
    assert [failure.vantage for failure in merged.failures] == ["shard 3/8"]
    assert merged.exit_code is ExitCode.UNKNOWN
    alone = merge(sharded(8)[:1], complete=True)
    assert len(alone.failures) == 7


def test_shards_of_different_divisions_are_refused() -> None:
    with pytest.raises(UsageError, match="different divisions"):
        merge([sharded(8)[0], sharded(3)[1]], complete=True)


def test_a_shard_without_a_vantage_is_no_failure() -> None:
    assert record_of([], **{NOTE: "1/8", ORDER_NOTE: ""}).exit_code is ExitCode.OK
    assert record_of([]).exit_code is ExitCode.UNKNOWN


def test_what_no_shard_explains_is_one_cause() -> None:
    parts = sharded(3)
    said = "is not explained: expected ok, saw timeout, and no known cause fits all that was seen"
    merged = merge(
        [
            replace(
                part,
                findings=(
                    Finding(
                        "unexplained",
                        f"{part.checks[0].check.name} {said}",
                        Confidence.POSSIBLE,
                        fix=Fix("look at the node"),
                        checks=(part.checks[0].check.id,),
                    ),
                ),
            )
            for part in parts
        ],
        complete=True,
    )
    [finding] = merged.findings
    names = [part.checks[0].check.name for part in parts]
    assert finding.cause == f"{names[0]}, {names[1]} and {names[2]} {said}"
    assert set(finding.checks) == {part.checks[0].check.id for part in parts}
