"""`prober fix`: from a run's record to changed manifests, to files, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prober.cli.main import run
from prober.cli.output.state import state_file

POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-egress, namespace: shop}
spec:
  podSelector: {}
  egress:
    - ports: [{port: 443}]  # HTTPS
"""
RULE = {"ports": [{"protocol": "TCP", "port": 22}]}


def record(**changes: Any) -> dict[str, Any]:
    spec = {"podSelector": {}, "egress": [{"ports": [{"port": 443}]}, RULE]}
    manifest = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": "allow-egress",
            "namespace": "shop",
            "uid": "1",
            "resourceVersion": "7",
        },
        "spec": spec,
    }
    fix = {
        "summary": "add a rule",
        "target": {"kind": "NetworkPolicy", "namespace": "shop", "name": "allow-egress"},
        "patch": [{"op": "add", "path": "/spec/egress/-", "value": RULE}],
        "manifest": manifest,
        "opens": ["4 pods → anywhere:22/tcp, nothing else"],
    }
    finding = {
        "number": 2,
        "id": "egress-policy-missing-port",
        "cause": "it lacks 22/TCP",
        "confidence": "certain",
    }
    advice = {
        "summary": "start it",
        "target": None,
        "patch": [],
        "manifest": None,
        "opens": [],
        "beside": None,
    }
    other = {
        "number": 1,
        "id": "nothing-listens",
        "cause": "nobody is there",
        "confidence": "likely",
        "fix": advice,
    }
    run_ = {"kind": "Run", "schemaVersion": 1, "id": "r1", "fabric": {"kind": "lab", "name": "lab"}}
    return {**run_, "findings": [other, {**finding, "fix": fix}], **changes}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "run.json").write_text(json.dumps(record()))
    return tmp_path


def test_the_list_says_what_there_is_and_what_each_opens(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fix", "--from", "run.json"]) == 0
    text = capsys.readouterr().out
    assert "  2  egress-policy-missing-port, certain: it lacks 22/TCP" in text
    assert "opens  4 pods → anywhere:22/tcp, nothing else" in text
    assert "no fix for 1 nothing-listens: nobody is there\n     by hand  start it\n" in text


def test_a_difference_changes_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fix", "2", "--from", "run.json", "-f", ".", "--diff"]) == 0
    assert "+        port: 22" in capsys.readouterr().out
    assert (here / "policy.yaml").read_text() == POLICY


@pytest.mark.parametrize("wanted", ["2", "egress-policy-missing-port", "all"])
def test_applied_and_undone(here: Path, wanted: str) -> None:
    assert run(["fix", wanted, "--from", "run.json", "-f", "policy.yaml", "--apply"]) == 0
    assert "port: 22" in (here / "policy.yaml").read_text()
    assert "# HTTPS" in (here / "policy.yaml").read_text()
    assert run(["fix", wanted, "--from", "run.json", "-f", "policy.yaml", "--undo"]) == 0
    assert (here / "policy.yaml").read_text() == POLICY


def test_the_last_run_is_remembered(here: Path) -> None:
    file = state_file(offering=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"record": record(), "manifests": [str(here / "policy.yaml")]}))
    assert run(["fix", "2", "--apply"]) == 0
    assert "port: 22" in (here / "policy.yaml").read_text()


def test_emitted_files_need_no_prober(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fix", "--from", "run.json", "--emit", "fixes"]) == 0
    names = {path.name for path in (here / "fixes").rglob("*.*")}
    slug, whole_object = "02-egress-policy-missing-port", "networkpolicy-shop-allow-egress.yaml"
    assert names == {"README.md", f"{slug}.patch.json", f"{slug}.undo.json", whole_object}
    undo = json.loads((here / "fixes" / f"{slug}.undo.json").read_text())
    assert undo[-1] == {"op": "remove", "path": "/spec/egress/1"}
    whole = (here / "fixes" / "objects" / whole_object).read_text()
    assert "resourceVersion" not in whole
    readme = (here / "fixes" / "README.md").read_text()
    assert (
        "kubectl -n shop patch networkpolicy allow-egress --type=json --patch-file "
        f"{slug}.patch.json"
    ) in readme


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("7", "--apply"), "offers no fix 7"),
        (("--apply",), "which fix?"),
        (("2", "--apply", "--undo"), "exclude each other"),
        (("2", "--apply"), "nothing says where its manifests are"),
        (("2", "--undo", "-f", "."), "not as the fix left it"),
        (("2", "--apply", "-f", "elsewhere.yaml"), "elsewhere.yaml"),
    ],
)
def test_what_cannot_be_done_is_said(
    here: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], message: str
) -> None:
    assert run(["fix", *args, "--from", "run.json"]) == 2
    assert message in capsys.readouterr().err
    assert (here / "policy.yaml").read_text() == POLICY


@pytest.mark.parametrize(
    "content",
    ["[]", "{", '{"kind": "Pod"}', json.dumps(record(schemaVersion=99)), '{"kind": "Run"}'],
)
def test_what_is_no_record_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (here / "other.json").write_text(content)
    assert run(["fix", "--from", "other.json"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_cluster_is_not_changed_without_being_asked(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "run.json").write_text(
        json.dumps(record(fabric={"kind": "kubernetes", "name": "prod"}))
    )
    assert run(["fix", "2", "--from", "run.json", "--apply"]) == 2
    assert "--yes" in capsys.readouterr().err


def test_the_same_policy_in_two_files_is_changed_in_both(here: Path) -> None:
    (here / "copy.yaml").write_text("# a copy\n" + POLICY)
    arguments = ("2", "--from", "run.json", "-f", "policy.yaml", "-f", "copy.yaml")
    assert run(["fix", *arguments, "--apply"]) == 0
    for name in ("policy.yaml", "copy.yaml"):
        assert "port: 22" in (here / name).read_text()
    assert run(["fix", *arguments, "--undo"]) == 0
    assert (here / "policy.yaml").read_text() == POLICY
    assert (here / "copy.yaml").read_text() == "# a copy\n" + POLICY


def test_two_files_that_differ_about_a_policy_are_not_guessed_between(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = POLICY.replace("443", "8443")
    (here / "other.yaml").write_text(other)
    files = ("-f", "policy.yaml", "-f", "other.yaml")
    assert run(["fix", "2", "--from", "run.json", *files, "--apply"]) == 2
    said = capsys.readouterr().err
    assert "is in policy.yaml and, with other content, in other.yaml" in said
    assert (here / "policy.yaml").read_text() == POLICY


def test_a_policy_that_says_no_namespace_is_in_the_one_that_was_asked_for(here: Path) -> None:
    (here / "policy.yaml").write_text(POLICY.replace(", namespace: shop", ""))
    assert run(["fix", "2", "--from", "run.json", "-f", "policy.yaml", "--apply"]) == 0
    assert "port: 22" in (here / "policy.yaml").read_text()


def test_a_report_of_a_lab_says_which_manifests_it_was_built_from(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And no more: a report may come from anywhere, so the files are named by whoever runs it."""
    (here / "run.json").write_text(json.dumps(record(notes={"manifests": "deploy/"})))
    assert run(["fix", "2", "--from", "run.json", "--apply"]) == 2
    assert "name its manifests with -f deploy/" in capsys.readouterr().err


def test_the_list_has_the_command_for_kubectl(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fix", "--from", "run.json"]) == 0
    assert "or     kubectl -n shop patch networkpolicy allow-egress" in capsys.readouterr().out
