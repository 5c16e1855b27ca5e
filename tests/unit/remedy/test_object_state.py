"""Fixes of one object are applied in any order, and not on top of what somebody else did since the
run."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import yaml

from prober.cli.main import run
from prober.model.codec import decode
from prober.model.patches.jsonpatch import apply
from prober.remedy.emit import files_of
from prober.remedy.offers import offers_of

POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Egress]  # nothing
"""
REF = {"kind": "NetworkPolicy", "namespace": "shop", "name": "deny"}
RULES = [{"ports": [{"protocol": "TCP", "port": port}]} for port in (22, 9090)]
NEW: dict[str, Any] = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "allow-web-egress-53", "namespace": "shop"},
    "spec": {
        "podSelector": {"matchLabels": {"app": "web"}},
        "policyTypes": ["Egress"],
        "egress": [],
    },
}


def findings() -> list[dict[str, Any]]:
    """Two rules for one policy, stacked as a run has them, and a policy of its own."""
    whole = yaml.safe_load(POLICY)
    found = []
    for number, patch in enumerate(
        (
            [{"op": "add", "path": "/spec/egress", "value": [RULES[0]]}],
            [{"op": "add", "path": "/spec/egress/-", "value": RULES[1]}],
        ),
        start=1,
    ):
        whole = apply(whole, patch)
        found.append(
            finding(number, {"target": REF, "patch": patch, "manifest": whole, "beside": None})
        )
    new = {
        "target": {**REF, "name": NEW["metadata"]["name"]},
        "patch": [],
        "manifest": NEW,
        "beside": REF,
    }
    return [*found, finding(3, new)]


def finding(number: int, fix: dict[str, Any]) -> dict[str, Any]:
    whole = {"summary": f"fix {number}", "opens": [], **fix}
    return {
        "number": number,
        "id": f"rule-{number}",
        "cause": "a cause",
        "confidence": "certain",
        "fix": whole,
    }


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    record = {
        "kind": "Run",
        "schemaVersion": 1,
        "id": "r1",
        "fabric": {"kind": "lab", "name": "lab"},
    }
    (tmp_path / "run.json").write_text(json.dumps({**record, "findings": findings()}))
    (tmp_path / "policy.yaml").write_text(POLICY)
    return tmp_path


def fix(*arguments: str) -> int:
    return run(["fix", *arguments, "--from", "run.json", "-f", "policy.yaml"])


@pytest.mark.parametrize("order", list(permutations("123")), ids="".join)
def test_one_after_the_other_in_any_order_and_back(here: Path, order: tuple[str, ...]) -> None:
    for number in order:
        assert fix(number, "--apply") == 0
    deny, new = yaml.safe_load_all((here / "policy.yaml").read_text())
    assert sorted(deny["spec"]["egress"], key=str) == sorted(RULES, key=str)
    assert new["metadata"]["name"] == "allow-web-egress-53"
    for number in reversed(order):
        assert fix(number, "--undo") == 0
    [deny] = yaml.safe_load_all((here / "policy.yaml").read_text())
    assert not deny["spec"].pop("egress", [])
    assert deny == yaml.safe_load(POLICY)


def test_all_at_once_is_the_same(here: Path) -> None:
    assert fix("all", "--apply") == 0
    assert (
        "port: 22" in (here / "policy.yaml").read_text()
        and "port: 9090" in (here / "policy.yaml").read_text()
    )
    assert fix("all", "--undo") == 0
    assert (here / "policy.yaml").read_text() == POLICY


def test_twice_is_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in ("1", "3"):
        assert fix(number, "--apply") == 0
        once = (here / "policy.yaml").read_text()
        assert fix(number, "--apply") == 0
        assert "nothing to change" in capsys.readouterr().err
        assert (here / "policy.yaml").read_text() == once


def test_what_somebody_else_changed_since_is_not_built_upon(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = POLICY.replace("podSelector: {}", "podSelector: {matchLabels: {app: web}}")
    (here / "policy.yaml").write_text(changed)
    assert fix("1", "--apply") == 2
    error = capsys.readouterr().err
    assert "NetworkPolicy shop/deny was changed since the run" in error
    assert "run the checks again" in error
    assert (here / "policy.yaml").read_text() == changed


def test_another_policy_of_that_name_is_not_overwritten(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = POLICY + "---\n" + POLICY.replace("name: deny", "name: allow-web-egress-53")
    (here / "policy.yaml").write_text(other)
    assert fix("3", "--apply") == 2
    assert "already, and it is another one" in capsys.readouterr().err
    assert (here / "policy.yaml").read_text() == other


def test_an_edited_policy_is_not_taken_away(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fix("3", "--apply") == 0
    text = (here / "policy.yaml").read_text().replace("app: web", "app: api")
    (here / "policy.yaml").write_text(text)
    assert fix("3", "--undo") == 2
    assert "not as the fix left it" in capsys.readouterr().err
    assert (here / "policy.yaml").read_text() == text


def test_emitted_patches_and_emitted_objects_come_to_the_same(here: Path) -> None:
    assert run(["fix", "--from", "run.json", "--emit", "fixes"]) == 0
    folder = here / "fixes"
    whole = yaml.safe_load(POLICY)
    for file in sorted(folder.glob("*.patch.json")):
        whole = apply(whole, json.loads(file.read_text()))
    assert whole == yaml.safe_load(
        (folder / "objects" / "networkpolicy-shop-deny.yaml").read_text()
    )
    assert whole["spec"]["egress"] == RULES
    for file in sorted(folder.glob("*.undo.json"), reverse=True):
        whole = apply(whole, json.loads(file.read_text()))
    assert whole == yaml.safe_load(POLICY)
    readme = (folder / "README.md").read_text()
    assert "Of the same object as 1: apply it after, undo it before." in readme
    assert "kubectl create -f objects/networkpolicy-shop-allow-web-egress-53.yaml" in readme
    assert "kubectl -n shop delete networkpolicy allow-web-egress-53    # undo" in readme


def test_one_of_them_alone_is_emitted_for_the_object_as_it_was(here: Path) -> None:
    assert run(["fix", "2", "--from", "run.json", "--emit", "fixes"]) == 0
    patch = json.loads((here / "fixes" / "02-rule-2.patch.json").read_text())
    assert apply(yaml.safe_load(POLICY), patch)["spec"]["egress"] == [RULES[1]]


def test_what_an_earlier_run_emitted_is_not_left_between(here: Path) -> None:
    assert run(["fix", "--from", "run.json", "--emit", "fixes"]) == 0
    (here / "fixes" / "notes.txt").write_text("mine")
    assert run(["fix", "3", "--from", "run.json", "--emit", "fixes"]) == 0
    names = {path.name for path in (here / "fixes").rglob("*.*")}
    assert names == {"README.md", "notes.txt", "networkpolicy-shop-allow-web-egress-53.yaml"}


def test_two_scenarios_that_want_policies_of_one_name_both_get_theirs() -> None:
    """A report of several runs has the findings of all of them."""
    *_, new = findings()
    other = json.loads(json.dumps(new))
    other["fix"]["manifest"]["spec"]["podSelector"] = {"matchLabels": {"app": "api"}}
    record = {
        "kind": "Run",
        "schemaVersion": 1,
        "id": "r1",
        "fabric": {"kind": "kubernetes", "name": "prod"},
    }
    offers = offers_of(
        decode({**record, "findings": [new, {**new, "number": 4}, {**other, "number": 5}]})
    )
    assert [one.target.name for one in offers.items] == [
        *["allow-web-egress-53"] * 2,
        "allow-web-egress-53-2",
    ]
    files = files_of(offers)
    assert "objects/networkpolicy-shop-allow-web-egress-53-2.yaml" in files
    assert "app: api" in files["objects/networkpolicy-shop-allow-web-egress-53-2.yaml"]
