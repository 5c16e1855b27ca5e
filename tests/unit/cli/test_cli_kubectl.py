"""Options that kubectl has too mean the same here."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from prober.cli.main import run
from prober.fabric.kubernetes import Access, context_namespace
from prober.model.errors import InputError
from prober.scenario import load_scenario

CONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "one",
    "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
    "users": [{"name": "u", "user": {"token": "x"}}],
    "contexts": [
        {"name": "one", "context": {"cluster": "c", "user": "u", "namespace": "shop"}},
        {"name": "two", "context": {"cluster": "c", "user": "u"}},
    ],
}


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(CONFIG))
    return file


def test_the_namespace_is_the_contexts(kubeconfig: Path) -> None:
    assert context_namespace(Access(kubeconfig)) == "shop"
    assert context_namespace(Access(kubeconfig, "two")) == "default"
    assert context_namespace(Access(kubeconfig, "three")) == ""
    assert context_namespace(Access(kubeconfig.with_name("no-kubeconfig"))) == ""


def test_a_check_in_a_cluster_takes_it(
    kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It gets as far as the cluster, which does not answer; without a namespace it would not even
    be understood."""
    check = ("check", "deploy/web", "tcp://svc/db:5432")
    assert run([*check, "--kubeconfig", str(kubeconfig)]) == 3
    assert "cannot be reached" in capsys.readouterr().err
    assert run([*check, "--lab", "-f", "nowhere"]) == 2
    assert "says no namespace" in capsys.readouterr().err


def test_a_scenario_without_a_namespace_is_given_one(tmp_path: Path) -> None:
    text = (
        "apiVersion: prober.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s%s}\nchecks: "
        "['deploy/a -> tcp://svc/b:1']\n"
    )
    file = tmp_path / "s.yaml"
    file.write_text(text % "")
    with pytest.raises(InputError):
        load_scenario(file)
    given = load_scenario(file, namespace="shop")
    assert (given.namespace, str(given.checks[0].source)) == ("shop", "deploy/a.shop")
    file.write_text(text % ", namespace: own")
    assert load_scenario(file, namespace="shop").namespace == "own"


@pytest.mark.parametrize("command", [("matrix",), ("baseline", "save", "b.yaml")])
def test_one_namespace_and_all_contradict_each_other(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*command, "--lab", "-n", "a", "-A"]) == 2
    assert "-n and -A contradict each other" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--kubeconfig", "--context", "--as", "--outside"])
def test_a_cluster_that_the_lab_does_not_need_is_a_mistake(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["matrix", "--lab", "-f", "nowhere", option, "x"]) == 2
    assert f"{option} is about a cluster" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("save", "b.txt", "--lab"), 2, "no known suffix"),
        (("save", "missing/b.yaml", "--lab"), 3, "missing/b.yaml"),
        (("save", "b.yaml", "--lab", "-l", "=="), 2, "=="),
        (("diff", "nowhere.yaml", "--lab"), 2, "nowhere.yaml"),
        (("diff", "b.yaml", "--lab", "--allow", "nowhere.yaml"), 2, "b.yaml"),
    ],
)
def test_a_baseline_with_wrong_input_is_told_before_anything_runs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["baseline", *arguments]) == code
    captured = capsys.readouterr()
    assert said in captured.err
    assert not captured.out
    assert not list(tmp_path.iterdir())
