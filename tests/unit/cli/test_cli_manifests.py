"""Where manifests come from: files, stdin, and what helm and kubectl render."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from prober.cli.main import run
from prober.cli.options import manifests, rendering

POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
    "spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}\n"
)
PROGRAM = """#!/bin/sh
echo "$0 $*" >> calls.txt
case "$*" in *broken*) echo "Error: no such value" >&2; exit 1;; esac
cat <<'EOF'
%sEOF
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a chart and its values, and with a helm and a kubectl that note how they
    are called."""
    monkeypatch.chdir(tmp_path)
    for program in ("helm", "kubectl"):
        file = tmp_path / "bin" / program
        file.parent.mkdir(exist_ok=True)
        file.write_text(PROGRAM % POD)
        file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    (tmp_path / "chart").mkdir()
    (tmp_path / "values.yaml").write_text("replicas: 2\n")
    for cached in (manifests._stdin, rendering.helm, rendering.kustomize):
        cached.cache_clear()
    return tmp_path


def calls(here: Path) -> str:
    return (here / "calls.txt").read_text().replace(f"{here}/bin/", "").strip()


def test_a_chart_is_rendered_with_its_values_in_the_namespace_that_is_asked_for(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["predict", "--helm", "chart", "-f", "values.yaml", "-n", "shop"]) == 0
    assert calls(here) == "helm template chart chart --values values.yaml --namespace shop"
    assert "shop/web" in capsys.readouterr().out


def test_a_kustomization_is_rendered(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "-k", "chart"]) == 0
    assert calls(here) == "kubectl kustomize chart"
    assert "default/web" in capsys.readouterr().out


def test_what_a_program_says_when_it_fails_is_said(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["predict", "--helm", "broken"]) == 2
    assert "helm template broken failed: Error: no such value" in capsys.readouterr().err


def test_without_the_program_the_way_around_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(here))
    assert run(["audit", "--helm", "chart"]) == 2
    assert run(["audit", "-k", "chart"]) == 2
    said = capsys.readouterr().err
    assert "helm is not installed" in said
    assert "helm template NAME chart, and give it with -f -" in said
    assert "kubectl is not installed" in said


def test_stdin_is_read(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(POD.encode())))
    assert run(["explain", "default/web", "github.com:443", "-f", "-"]) == 0
    assert "default/web-" not in capsys.readouterr().out


def test_no_manifests_at_all(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict"]) == 2
    assert "no manifests are given" in capsys.readouterr().err
