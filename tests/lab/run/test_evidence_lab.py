"""A failing run leaves a bundle that stands for itself."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from prober.cli.main import run

pytestmark = pytest.mark.lab

FLUX = Path(__file__).parents[3] / "scenarios" / "flux.yaml"


def test_a_run_in_the_lab_as_a_bundle(tmp_path: Path) -> None:
    target = tmp_path / "ticket.tar.gz"
    assert run(["run", str(FLUX), "--lab", "--evidence", str(target)]) == 1
    with tarfile.open(target) as archive:
        texts = {
            name.removeprefix("ticket/"): archive.extractfile(name).read().decode()
            for name in archive.getnames()
        }  # type: ignore[union-attr]
    assert json.loads(texts["run.json"])["exitCode"] == 1
    assert "egress-policy-missing-port" in texts["report.txt"]
    assert "198.51.100." in texts["wire.txt"]
    assert any(
        "kind: NetworkPolicy" in text
        for path, text in texts.items()
        if path.startswith("manifests/")
    )
    assert all(path in texts["README.md"] for path in texts if path != "README.md")
