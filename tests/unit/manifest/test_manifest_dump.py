"""What is written as YAML is read back as the same, by the rules of Kubernetes."""

from __future__ import annotations

from pathlib import Path

import pytest

from prober.manifest import load_manifests
from prober.manifest.writing.dump import dump_manifest


@pytest.mark.parametrize(
    "value", ["y", "N", "on", "12e5", "0x1f", "007", "1_000", "2024-01-02", "", "web"]
)
def test_text_stays_text(tmp_path: Path, value: str) -> None:
    file = tmp_path / "world.yaml"
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "shop", "labels": {"team": value}},
    }
    file.write_text(dump_manifest([namespace]))
    assert load_manifests([file]).snapshot.namespaces["shop"].labels["team"] == value
