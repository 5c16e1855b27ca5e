"""`prober validate`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from prober.cli.main import run
from prober.model.errors import ExitCode

Write = Callable[..., Path]
ROOT = Path(__file__).parents[3] / "scenarios"
ONE = "checks: ['deploy/web -> tcp://github.com:443']\n"
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
"""


def test_the_shipped_scenario_is_ok(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", str(ROOT / "flux.yaml")]) == ExitCode.OK
    assert capsys.readouterr().out == "ok  flux · 8 checks\n"


def test_without_manifests_it_says_that_names_were_not_looked_up(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", str(write(ONE))]) == ExitCode.OK
    assert (
        capsys.readouterr().out
        == "ok  test · 1 check · names not looked up: give manifests with -f\n"
    )


def test_with_manifests_names_are_looked_up(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    manifests = write("", "web/web.yaml", head=WEB).parent
    assert run(["validate", str(write(ONE)), "-f", str(manifests)]) == ExitCode.OK
    assert capsys.readouterr().out == "ok  test · 1 check\n"
    wrong = write("checks: ['deploy/wbe -> tcp://github.com:443']\n")
    assert run(["validate", str(wrong), "-f", str(manifests)]) == ExitCode.USAGE
    assert (
        "test.yaml:4: checks[0]: there is no Deployment `wbe` in namespace `shop` (did you "
        "mean `web`?)"
    ) in (capsys.readouterr().err)


def test_nodes_that_the_lab_will_make_can_be_named(write: Write) -> None:
    manifests = write("", "web/web.yaml", head=WEB).parent
    scenario = write("checks: ['node/n1 -> tcp://deploy/web:80', 'node/* -> icmp://node/n2']\n")
    assert run(["validate", str(scenario), "-f", str(manifests)]) == ExitCode.OK


def test_the_mistakes_of_every_file_come_together_and_good_files_are_told(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = write("chekcs: []\n", "a.yaml"), write("checks: [5]\n", "b.yaml")
    assert run(["validate", str(first), str(ROOT / "flux.yaml"), str(second)]) == ExitCode.USAGE
    said = capsys.readouterr()
    assert said.out == "ok  flux · 8 checks\n"
    assert "a.yaml:4: chekcs: unknown field (did you mean `checks`?)" in said.err
    assert "b.yaml:4: checks[0]: must be text or a mapping, not a number (`5`)" in said.err


def test_mistakes_in_the_manifests_are_told_as_well(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    manifests = write(
        "", "web.yaml", head=WEB.replace("{app: web}}\n  template", "{app: other}}\n  template")
    )
    assert run(["validate", str(write(ONE)), "-f", str(manifests)]) == ExitCode.USAGE
    assert "web.yaml:" in capsys.readouterr().err


def test_the_schema_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--schema"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["title"] == "prober scenario"


def test_without_a_file_it_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate"]) == ExitCode.USAGE
    assert "Missing argument 'SCENARIO...'" in capsys.readouterr().err
