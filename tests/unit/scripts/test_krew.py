"""The manifest for krew: what its validation asks for."""

from __future__ import annotations

import hashlib
import re
import runpy
from pathlib import Path

import pytest

from prober import __version__

SCRIPT = runpy.run_path(str(Path(__file__).parents[3] / "scripts" / "krew.py"))


@pytest.mark.parametrize(("machine", "word"), [("x86_64", "amd64"), ("aarch64", "arm64")])
def test_the_manifest_names_the_archive_by_its_hash(machine: str, word: str) -> None:
    made = SCRIPT["manifest"]("https://example.org/a.tar.gz", b"content", machine)
    (platform,) = made["spec"]["platforms"]
    assert platform["sha256"] == hashlib.sha256(b"content").hexdigest()
    assert platform["selector"] == {"matchLabels": {"os": "linux", "arch": word}}
    assert platform["bin"] == "kubectl-prober"
    assert made["spec"]["version"] == f"v{__version__}"
    assert re.fullmatch(r"v\d+\.\d+\.\d+.*", made["spec"]["version"])
    assert len(made["spec"]["shortDescription"]) < 50


def test_a_machine_without_a_word_is_refused() -> None:
    with pytest.raises(KeyError):
        SCRIPT["manifest"]("https://example.org/a.tar.gz", b"", "riscv64")
