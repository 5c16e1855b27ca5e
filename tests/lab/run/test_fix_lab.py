"""The offered fixes, applied to the manifests, turn the run green; undone, they leave no trace."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from prober.cli.main import run

pytestmark = pytest.mark.lab

SCENARIOS = Path(__file__).parents[3] / "scenarios"


def test_a_stuck_flux_is_mended_by_what_is_offered(tmp_path: Path) -> None:
    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    scenario = str(tmp_path / "scenarios" / "flux.yaml")
    before = {path: path.read_text() for path in (tmp_path / "scenarios").rglob("*.yaml")}
    assert run(["run", scenario, "--lab", "--emit-fixes", str(tmp_path / "fixes")]) == 1
    assert len(list((tmp_path / "fixes").glob("*.patch.json"))) == 3
    assert run(["fix", "all", "--apply"]) == 0
    assert run(["run", scenario, "--lab"]) == 0
    assert run(["fix", "all", "--undo"]) == 0
    assert {path: path.read_text() for path in (tmp_path / "scenarios").rglob("*.yaml")} == before
