"""The matrix of large clusters: what the work grows with, and that it is right. Operations are
counted, no time is measured."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from language_random import Drawn, Words
from language_world import base
from policy_random import policies, worlds

from prober.model.objects import NetworkPolicy, Pod
from prober.model.prediction import Ruling
from prober.model.snapshot import Snapshot
from prober.policy.deciding import world
from prober.policy.deciding.rules.policies import PolicyMatcher
from prober.policy.matrix.columns import transposed
from prober.policy.matrix.difference import Reference, difference
from prober.policy.matrix.grid import grid
from prober.policy.matrix.kinds import alike
from prober.policy.matrix.matrix import Matrix, reachability
from prober.policy.matrix.summary import by_namespace, summary
from prober.policy.predictor import Predictor

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

from large_worlds import Size, adversarial, realistic

many = settings(max_examples=15)
some = settings(max_examples=5)
WORDS = Words(
    ("web", "api", "job", "ledger", "loner"),
    ("shop", "pay", "bare"),
    (80, 443, 8081, 9000),
    ("198.18.1.0/24", "198.18.2.0/24", "203.0.113.0/24", "0.0.0.0/0"),
)


def grown(snapshot: Snapshot, replicas: int) -> Snapshot:
    """The same cluster with more replicas of every pod that has a network of its own."""
    pods = dict(snapshot.pods)
    for (namespace, name), pod in snapshot.pods.items():
        for number in range(0 if pod.host_network else replicas):
            again = f"{name}-again{number}"
            labels = {**pod.labels, "statefulset.kubernetes.io/pod-name": again}
            pods[namespace, again] = replace(pod, name=again, labels=labels)
    return replace(snapshot, pods=pods)


def folds_of(snapshot: Snapshot) -> int:
    matrix = reachability(snapshot)
    matrix.counts()
    return matrix.folds


def test_the_work_grows_with_the_pods_that_differ_and_not_with_their_replicas() -> None:
    snapshot = realistic(Size.of(200))
    work = folds_of(snapshot)
    assert work
    assert folds_of(grown(snapshot, 4)) == work


def test_one_changed_policy_is_the_work_of_one_policy() -> None:
    snapshot = realistic(Size.of(400))
    before = reachability(snapshot)
    before.counts()
    changed = next(entry for entry in snapshot.policies if entry.name.startswith("app-"))
    without = tuple(policy for policy in snapshot.policies if policy is not changed)
    after = before.after(replace(snapshot, policies=without))
    counts = after.counts()
    assert after.folds * 50 < before.folds
    assert counts == reachability(replace(snapshot, policies=without)).counts()


def test_a_change_is_compared_in_one_world_and_every_policy_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    snapshot = realistic(Size.of(100))
    read: list[str] = []
    compiled = world.compile_policy

    def counting(policy: NetworkPolicy, *rest: Any, **options: Any) -> PolicyMatcher:
        read.append(policy.name)
        return compiled(policy, *rest, **options)

    monkeypatch.setattr(world, "compile_policy", counting)
    first, *others = snapshot.policies
    changed = replace(snapshot, policies=(replace(first, types=("Egress",)), *others))
    difference(Reference(snapshot), changed)
    assert len(read) == len(snapshot.policies) + 1


def test_a_matrix_after_another_knows_nothing_of_those_between_them() -> None:
    snapshot = realistic(Size.of(200))
    first = reachability(snapshot)
    other = first.after(replace(snapshot, policies=snapshot.policies[1:]))
    back = other.after(snapshot)
    assert back.counts() == first.counts()
    assert back.folds == 0


def test_other_objects_than_policies_make_another_matrix() -> None:
    snapshot = realistic(Size.of(200))
    matrix = reachability(snapshot)
    more = {**snapshot.pods, ("new", "pod"): Pod("new", "pod")}
    assert len(matrix.after(replace(snapshot, pods=more)).pods) == len(snapshot.pods) + 1


@pytest.mark.parametrize("make", [realistic, adversarial])
def test_large_worlds_are_predicted_cell_by_cell(make: type) -> None:
    snapshot = make(Size.of(120), seed=3)
    predictor = Predictor(snapshot)
    for cell in list(reachability(snapshot).cells())[::170]:
        assert (cell.verdict, cell.egress, cell.ingress) == predictor.rulings(cell.flow)


def assert_same(first: Matrix, other: Matrix) -> None:
    for cell, again in zip(first.cells(), other.cells(), strict=True):
        assert (cell.egress, cell.ingress) == (again.egress, again.ingress), str(cell.flow)
    assert first.counts() == other.counts()


@many
@given(st.data())
def test_a_matrix_after_changed_policies_is_that_of_the_snapshot(data: st.DataObject) -> None:
    snapshot = data.draw(worlds())
    kept = tuple(policy for policy in snapshot.policies if data.draw(st.booleans()))
    after = replace(snapshot, policies=(*kept, data.draw(policies("more"))))
    before = reachability(snapshot)
    if data.draw(st.booleans()):
        before.counts()
    assert_same(before.after(after), reachability(after))
    flows = [cell.flow for cell in reachability(after).cells()][::3]
    moved = Predictor(snapshot).over(after)
    assert [moved.rulings(flow) for flow in flows] == list(map(Predictor(after).rulings, flows))


@pytest.mark.parametrize("language", ["admin", "cilium", "calico"])
@some
@given(seed=st.integers(0, 100_000))
def test_so_it_is_where_other_languages_are_spoken(language: str, seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - repeatable worlds, not secrets
    snapshot = Drawn(dice, WORDS).world(base(), language)
    deny = NetworkPolicy("shop", "more", types=("Ingress", "Egress"))
    after = replace(snapshot, policies=(*snapshot.policies[1:], deny))
    before = reachability(snapshot)
    before.counts()
    assert_same(before.after(after), reachability(after))


@many
@given(st.data())
def test_a_difference_is_that_of_all_cells(data: st.DataObject) -> None:
    snapshot = data.draw(worlds())
    after = replace(snapshot, policies=(*snapshot.policies[1:], data.draw(policies("more"))))
    told = difference(Reference(snapshot), after)
    cells = zip(reachability(snapshot).cells(), reachability(after).cells(), strict=True)
    opened, closed = set(), set()
    for old, new in cells:
        if (old.verdict is Ruling.ALLOWED) != (new.verdict is Ruling.ALLOWED):
            (closed if old.verdict is Ruling.ALLOWED else opened).add(str(old.flow))
    assert opened == {str(flow) for flow in told.opened if "anywhere" not in str(flow)}
    assert closed == {str(flow) for flow in told.closed if "anywhere" not in str(flow)}


@many
@given(worlds())
def test_namespaces_add_up(snapshot: Snapshot) -> None:
    matrix = reachability(snapshot)
    pairs = by_namespace(matrix)
    whole = matrix.counts()
    for way in ("allowed", "denied", "undefined"):
        assert sum(getattr(pair, way) for pair in pairs.values()) == getattr(whole, way)
    for cell in matrix.cells():
        counts = pairs[cell.source.namespace, cell.destination.namespace]
        assert getattr(counts, cell.verdict.value)
    assert f"{whole.denied:,} denied" in summary(matrix)
    assert grid(matrix)


@given(st.lists(st.integers(0, 2**9 - 1), max_size=40), st.sets(st.integers(0, 11)))
def test_transposing_turns_columns_into_rows(columns: list[int], rows: set[int]) -> None:
    order = sorted(rows)
    turned = transposed(columns, order)
    for at, row in enumerate(order):
        assert [turned[at] >> n & 1 for n in range(len(columns))] == [
            column >> row & 1 for column in columns
        ]


@given(st.lists(st.integers(0, 2**6 - 1), max_size=5))
def test_pods_are_alike_that_no_set_tells_apart(sets: list[int]) -> None:
    numbers = alike(sets, 6)
    for this in range(6):
        for other in range(6):
            same = all((pods >> this & 1) == (pods >> other & 1) for pods in sets)
            assert (numbers[this] == numbers[other]) is same


def test_the_summary_of_a_large_cluster_fits_a_terminal() -> None:
    text = summary(reachability(realistic(Size.of(1000))))
    assert len(text.splitlines()) <= 24
    assert max(map(len, text.splitlines())) <= 100
    assert "pairs" in text
    assert "all denied" in text
