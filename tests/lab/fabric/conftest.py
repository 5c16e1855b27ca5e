"""Labs from manifest text."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab_observing import MakeLab

from prober.fabric.lab import LabFabric
from prober.manifest import load_manifests, parse_fault
from prober.model.lab import Enforcement, LabSpec


@pytest.fixture
def make_lab(tmp_path: Path) -> MakeLab:
    """A lab from manifest text, not yet entered."""

    def make(text: str, *faults: str, enforcement: str = "reject") -> LabFabric:
        file = tmp_path / "world.yaml"
        file.write_text(text)
        loaded = load_manifests([file], nodes=("n1", "n2"))
        chosen = [parse_fault(fault) for fault in faults]
        return LabFabric(
            loaded.snapshot,
            loaded.lab or LabSpec(),
            enforcement=Enforcement(enforcement),
            faults=chosen,
        )

    return make
