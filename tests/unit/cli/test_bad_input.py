"""Bad input: a clear sentence, the next step, the right exit code. Never a traceback, never a
green."""

from __future__ import annotations

from pathlib import Path

import pytest

from prober.cli.main import run

ROOT = Path(__file__).parents[3]
FLUX = str(ROOT / "scenarios" / "flux.yaml")

SCENARIO = """\
apiVersion: prober.dev/v1alpha1
kind: Scenario
metadata: {name: shop, namespace: shop}
lab: {manifests: [world.yaml]}
checks:
  - from: deploy/web
    to: tcp://svc/db:5432
"""

WORLD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
"""

POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec:
  podSelector: {}
  ingress: [{ports: [{port: "80"}]}]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(SCENARIO)
    (tmp_path / "world.yaml").write_text(WORLD)
    return tmp_path


def edited(here: Path, old: str, new: str, file: str = "shop.yaml") -> None:
    path = here / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        (SCENARIO, "", "shop.yaml: ", "empty"),
        ("    to:", "    too:", "shop.yaml:7: checks[0].too: ", "to"),
        ("kind: Scenario", "kind: Pod", "shop.yaml:2: kind: ", "Scenario"),
        ("deploy/web", "deploy/wep", "shop.yaml:6", "web"),
        ("deploy/web", "pods/app=nobody", "shop.yaml:6", "app=nobody"),
        (":5432", ":99999", "shop.yaml:7", "65535"),
        ("svc/db", "svc/bd", "shop.yaml", "db"),
        ("metadata: {name: shop, namespace: shop}\n", "", "metadata", ""),
        ("checks:", "checks: [", "shop.yaml:", ""),
    ],
)
def test_a_scenario_with_a_mistake_says_where_and_what_to_do(
    here: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, message: str, hint: str
) -> None:
    edited(here, old, new)
    assert run(["validate", "shop.yaml"]) == 2
    error = capsys.readouterr()
    assert message in error.err + error.out
    assert hint in error.err + error.out
    assert "Traceback" not in error.err


def test_all_mistakes_come_at_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(here, "    to: tcp://svc/db:5432", "    to: tpc://svc/db:5432\n    timout: 2s")
    edited(here, "deploy/web", "deplyo/web")
    assert run(["run", "shop.yaml", "--lab"]) == 2
    error = capsys.readouterr().err
    for word in ("tpc", "timout", "deplyo"):
        assert word in error


@pytest.mark.parametrize("command", [["run", "--lab"], ["validate"]])
def test_names_that_do_not_exist_come_with_the_other_mistakes(
    command: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(
        here,
        "    to: tcp://svc/db:5432",
        "    timout: 2s\n    to: tcp://svc/db:5432\n  - deploy/wbe -> tcp://svc/db:5432",
    )
    assert run([*command, "shop.yaml"]) == 2
    error = capsys.readouterr().err
    assert "timout" in error
    assert "did you mean `web`?" in error


def test_mistakes_in_the_second_scenario_are_found_before_the_first_is_run(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "second.yaml").write_text(SCENARIO.replace("deploy/web", "deploy/wbe"))
    assert run(["run", "shop.yaml", "second.yaml", "--lab"]) == 2
    printed = capsys.readouterr()
    assert "second.yaml:6" in printed.err
    assert not printed.out


def test_a_policy_that_the_api_server_would_reject(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "world.yaml").write_text(WORLD + "---\n" + POLICY)
    assert run(["predict", "-f", "world.yaml"]) == 2
    error = capsys.readouterr().err
    assert "world.yaml:" in error
    assert "spec.ingress[0].ports[0].port" in error
    assert "quote" in error


def test_a_file_that_is_not_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "nowhere.yaml", "--lab"]) == 2
    assert "nowhere.yaml" in capsys.readouterr().err


def test_a_command_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rnu"]) == 2
    assert "Did you mean 'run'?" in capsys.readouterr().err


def test_never_the_lab_by_accident(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    assert run(["run", FLUX]) == 3
    assert "--lab" in capsys.readouterr().err
    assert run(["run", FLUX, "--fault", "dead-dns"]) == 2
    assert "add --lab" in capsys.readouterr().err


def test_a_fault_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", FLUX, "--lab", "--fault", "ded-dns"]) == 2
    assert "dead-dns" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("report", "code", "word"),
    [("out.doc", 2, ".json"), ("missing/out.json", 3, "missing"), ("shop.yaml/out.json", 3, "")],
)
def test_a_report_that_cannot_be_written_is_said_before_anything_runs(
    here: Path, capsys: pytest.CaptureFixture[str], report: str, code: int, word: str
) -> None:
    assert run(["run", "shop.yaml", "--lab", "--report", report]) == code
    captured = capsys.readouterr()
    assert word in captured.err
    assert not captured.out


def test_a_defect_is_a_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("prober.scenario.reading.load.read_scenario", broken)
    assert run(["run", FLUX, "--lab"]) == 3
    error = capsys.readouterr().err
    assert "a defect of prober itself: ZeroDivisionError: of ours" in error
    assert "Traceback" not in error


def test_links_in_a_circle_are_a_file_that_cannot_be_read(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "circle.yaml").symlink_to("circle.yaml")
    including = f"include: [circle.yaml]\n{SCENARIO}"
    (here / "including.yaml").write_text(including)
    for command in (
        ["run", "circle.yaml", "--lab"],
        ["validate", "including.yaml"],
        ["predict", "-f", "circle.yaml"],
        ["audit", "-f", "."],
        ["fix", "1", "--from", "circle.yaml"],
    ):
        assert run(command) == 2, command
        told = capsys.readouterr().err
        assert "circle.yaml" in told
        assert "defect" not in told


def test_without_a_command_it_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    for group in ([], ["lab"], ["baseline"]):
        assert run(group) == 2
        told = capsys.readouterr().err
        assert told.startswith("Usage: prober")
        assert "\nOptions:\n" in told
