"""The import contracts hold something: an import in the wrong direction breaks them, by name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WRONG = {
    "prober/model/errors.py": (
        "import socket",
        "Pure packages do no I/O and know no client BROKEN",
    ),
    "prober/policy/matrix/matrix.py": ("import prober.report", "Arrows point one way BROKEN"),
    "prober/fabric/lab/enforcement/network_policy.py": (
        "import prober.policy.deciding.selectors",
        "Enforcement does not share code with the prediction BROKEN",
    ),
    "agent/runner.py": (
        "import prober.manifest",
        "The agent knows only the model, and what tells and guards BROKEN",
    ),
    "prober/report/text.py": ("import pyroute2", "Only the lab knows netlink BROKEN"),
    "prober/coordinator/plan.py": (
        "import kubernetes",
        "Only the Kubernetes fabric knows its client BROKEN",
    ),
    "agent/probes/tcp.py": ("import scapy.all", "Only captures dissect packets BROKEN"),
}
"""File → a wrong import, and what is said of it."""


def test_a_wrong_import_breaks_its_contract(tmp_path: Path) -> None:
    for package in ("prober", "agent"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, (line, _) in WRONG.items():
        file = tmp_path / name
        file.write_text(f"{file.read_text()}\n{line}\n")
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    missing = [said for _, said in WRONG.values() if said not in done.stdout]
    assert not missing, done.stdout
