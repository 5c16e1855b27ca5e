"""The file: stable, readable, and strict about what it takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from baseline_world import DB, DENY, TO_DB, WEB, policy, surveyed, world

from prober.baseline.allow import load_allowances
from prober.baseline.file import (
    SCHEMA,
    baseline_data,
    baseline_text,
    check_suffix,
    load_baseline,
)
from prober.model.baseline import Baseline, ChangeKind
from prober.model.errors import InputError, UsageError
from prober.model.published.baseline import (
    BaselineShape,
    CellShape,
    ObservedOnShape,
    ScopeShape,
)

ODD = policy(
    "odd",
    (
        "{matchExpressions: [{key: app, operator: In, values: [db, web]}, {key: x, operator: "
        "DoesNotExist}]}"
    ),
    "policyTypes: [Ingress, Egress], egress: [{}], ingress: [{from: [{ipBlock: {cidr: "
    "203.0.113.0/24, except: "
    "[203.0.113.8/29]}}, {namespaceSelector: {}, podSelector: {}}], ports: [{protocol: UDP}, "
    "{port: http}, "
    "{port: 80, endPort: 90}]}]",
)


@pytest.fixture
def baseline(tmp_path: Path) -> Baseline:
    return surveyed(world(tmp_path, WEB, DB, DENY, TO_DB, ODD))[0].baseline


def test_labels_that_yaml_could_take_for_something_else(tmp_path: Path) -> None:
    odd = WEB.replace(
        "app: web", 'app: web, a: "y", b: "12e5", c: "", d: "0x1f", e: "null", f: "1_000"'
    )
    baseline = surveyed(world(tmp_path, odd, DB))[0].baseline
    file = tmp_path / "before.yaml"
    file.write_text(baseline_text(baseline, ".yaml"))
    assert load_baseline(file).workloads["deploy/web.shop"] == {
        "app": "web",
        "a": "y",
        "b": "12e5",
        "c": "",
        "d": "0x1f",
        "e": "null",
        "f": "1_000",
    }


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_what_is_read_is_what_was_written(tmp_path: Path, baseline: Baseline, suffix: str) -> None:
    file = tmp_path / f"before{suffix}"
    file.write_text(baseline_text(baseline, suffix))
    assert load_baseline(file) == replace(
        baseline, fabric=replace(baseline.fabric, nodes=0, pods=0)
    )


def test_a_flow_is_one_line_and_the_order_is_stable(baseline: Baseline) -> None:
    text = baseline_text(baseline, ".yaml")
    shuffled = replace(baseline, cells=dict(reversed(baseline.cells.items())))
    assert baseline_text(shuffled, ".yaml") == text
    lines = [line.strip() for line in text.splitlines()]
    assert (
        "5432/tcp: {observed: open, outcomes: [ok], predicted: allowed, policies: [shop/odd, "
        "shop/to-db]}"
    ) in lines
    assert not any("abc" in line or "198.18" in line for line in lines), (
        "pods and addresses change with every rollout"
    )


@pytest.fixture
def broken(tmp_path: Path, baseline: Baseline) -> Callable[[str, str], Path]:
    def edited(old: str, new: str) -> Path:
        text = baseline_text(baseline, ".yaml")
        assert old in text
        file = tmp_path / "before.yaml"
        file.write_text(text.replace(old, new))
        return file

    return edited


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: Baseline", "kind: Scenario", "before.yaml:4: kind: must be `Baseline`"),
        ("v1alpha1", "v9", "before.yaml:3: apiVersion: must be `prober.dev/v1alpha1`"),
        (
            "observed: open",
            "observed: opn",
            "must be one of open, refused, partly, closed, unknown",
        ),
        ("5432/tcp:", "5432:", "is not a port"),
        ("deploy/web.shop: {", "web: {", "is not the name of a workload"),
        (
            "operator: In\n",
            "operator: Inn\n",
            "policies[1].spec.podSelector.matchExpressions[0].operator",
        ),
        ("predicted: ", "predictd: ", "did you mean `predicted`?"),
        ("cidr: 203.0.113.0/24", "cidr: 203.0.113.0/99", "spec.ingress[0].from[0].ipBlock.cidr"),
        ("name: odd", "name: to-db", "NetworkPolicy shop/to-db is there twice"),
    ],
)
def test_mistakes_are_told_with_their_place(
    broken: Callable[[str, str], Path], old: str, new: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        load_baseline(broken(old, new))
    assert said in str(caught.value)


def test_a_name_without_a_known_suffix_is_refused() -> None:
    with pytest.raises(UsageError, match="no known suffix"):
        check_suffix(Path("before.txt"))


def test_the_data_holds_to_the_schema(baseline: Baseline) -> None:
    from jsonschema import Draft202012Validator

    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(baseline_data(baseline))


@pytest.mark.parametrize(
    ("where", "shape"),
    [
        ((), BaselineShape),
        (("properties", "fabric"), ObservedOnShape),
        (("properties", "scope"), ScopeShape),
        (("$defs", "cell"), CellShape),
    ],
)
def test_the_schema_is_that_of_the_type(where: tuple[str, ...], shape: type[Any]) -> None:
    described = reduce(lambda part, key: part[key], where, json.loads(SCHEMA.read_text()))
    assert list(described["properties"]) == list(shape.__struct_encode_fields__)


def test_a_baseline_that_was_read_is_written_as_it_was(tmp_path: Path, baseline: Baseline) -> None:
    for suffix in (".yaml", ".json"):
        file = tmp_path / f"before{suffix}"
        file.write_text(baseline_text(baseline, suffix))
        assert baseline_text(load_baseline(file), suffix) == file.read_text()


HEAD = "apiVersion: prober.dev/v1alpha1\nkind: AllowedChanges\nchanges:\n"


def test_allowances_are_read(tmp_path: Path) -> None:
    file = tmp_path / "allow.yaml"
    file.write_text(
        HEAD + "  - {change: closed, from: deploy/web.shop, port: 5432/tcp, reason: meant}\n"
    )
    (one,) = load_allowances(file)
    assert (one.kind, one.source, one.destination, one.port) == (
        ChangeKind.CLOSED,
        "deploy/web.shop",
        "*",
        "5432/tcp",
    )
    assert str(one.origin).endswith("allow.yaml:4")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{change: close, reason: x}", "did you mean `closed`?"),
        ("{change: closed}", "`reason` is missing"),
        ("{change: closed, reason: x, form: y}", "did you mean `from`?"),
        ("{change: closed, reason: x, port: 80}", "must be text"),
    ],
)
def test_mistakes_in_allowances_are_told(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "allow.yaml"
    file.write_text(HEAD + f"  - {line}\n")
    with pytest.raises(InputError) as caught:
        load_allowances(file)
    assert said in str(caught.value)
    assert "allow.yaml:4" in str(caught.value)
