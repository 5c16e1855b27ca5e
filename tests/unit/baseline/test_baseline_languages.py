"""A baseline keeps the policies of every language, so that an edit of any of them is blamed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from baseline_world import DB, TO_DB, WEB, surveyed, world

from prober.baseline.blame import Blame, edits_between
from prober.baseline.file import baseline_text, load_baseline
from prober.model.errors import InputError

CILIUM = (
    "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: db, namespace: shop}\n"
    "spec: {endpointSelector: {matchLabels: {app: db}}, ingress: [{fromEndpoints: []}]}\n"
)
SPECS = (
    "apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: wide}\n"
    "specs: [{endpointSelector: {matchLabels: {app: none}}, ingress: [{}]}, "
    "{endpointSelector: {matchLabels: {app: nobody}}, egress: [{}]}]\n"
)


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_they_are_in_the_file(tmp_path: Path, suffix: str) -> None:
    baseline = surveyed(world(tmp_path, WEB, DB, TO_DB, CILIUM, SPECS))[0].baseline
    assert [policy.ref.name for policy in baseline.others] == ["wide", "db"]
    file = tmp_path / f"before{suffix}"
    file.write_text(baseline_text(baseline, suffix))
    assert load_baseline(file).others == baseline.others


def test_without_them_nothing_is_written(tmp_path: Path) -> None:
    baseline = surveyed(world(tmp_path, WEB, DB))[0].baseline
    assert "otherPolicies" not in baseline_text(baseline, ".yaml")


def test_an_edit_of_one_is_blamed(tmp_path: Path) -> None:
    before = surveyed(world(tmp_path, WEB, DB))[0]
    after = surveyed(world(tmp_path, WEB, DB, CILIUM))[0]
    edits = edits_between(before.baseline.others, after.baseline.others)
    assert [edit.policy.name for edit in edits] == ["db"]
    flow = next(
        check.check.flow
        for checks in after.records.values()
        for check in checks
        if check.check.flow.destination.name.startswith("db")
    )
    assert Blame(after.snapshot, before.baseline.others, edits).culprits(flow) == edits


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": "Secret"}, "is no kind of a policy language"),
        ({"spec": {"endpointSelector": {}, "egress": 5}}, "must be a list"),
        ({"spec": {"ingress": [{}]}}, "exactly one of endpointSelector and nodeSelector"),
    ],
)
def test_a_file_that_was_edited_badly(tmp_path: Path, wrong: dict[str, object], told: str) -> None:
    baseline = surveyed(world(tmp_path, WEB, DB, CILIUM))[0].baseline
    data = json.loads(baseline_text(baseline, ".json"))
    data["otherPolicies"][0] |= wrong
    file = tmp_path / "before.json"
    file.write_text(json.dumps(data))
    with pytest.raises(InputError) as caught:
        load_baseline(file)
    assert told in str(caught.value)
