"""The import contracts hold something: an import in the wrong direction breaks them, by name."""

from __future__ import annotations

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from prober.lazy import exports

ROOT = Path(__file__).parents[2]
WRONG = {
    "prober/model/errors.py": (
        "import socket",
        "Pure packages do no I/O and know no client BROKEN",
    ),
    "prober/policy/matrix/matrix.py": ("import prober.report", "Arrows point one way BROKEN"),
    "prober/fabric/lab/enforcement/network_policy.py": (
        "import prober.policy.deciding.rules.selectors",
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
    "prober/diagnosis/planning.py": (
        "import prober.policy.deciding.rules.selectors",
        "Policies are read through prober.policy and prober.policy.deciding BROKEN",
    ),
    "prober/cli/commands/lab.py": (
        "import prober.fabric.lab.world.world",
        "The lab has one door BROKEN",
    ),
    "prober/cli/commands/doctor.py": (
        "import prober.fabric.kubernetes.client.api",
        "The rooms of a cluster's fabric are entered through their own door BROKEN",
    ),
    "prober/why/answer.py": (
        "import prober.coordinator.chunks",
        "A run is asked for, and records are merged, through few modules of the",
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


LAZY = (
    "prober.fabric.lab",
    "prober.manifest",
    "prober.policy",
    "prober.policy.deciding",
    "prober.report",
    "prober.scenario",
)
"""Packages whose exports are imported by whoever first asks for one."""


@pytest.mark.parametrize("package", LAZY)
def test_a_package_exports_what_type_checkers_are_told(package: str) -> None:
    module = importlib.import_module(package)
    tree = ast.parse(Path(str(module.__file__)).read_text())
    told = {
        (statement.module, name.name)
        for block in tree.body
        if isinstance(block, ast.If)
        for statement in block.body
        if isinstance(statement, ast.ImportFrom) and str(statement.module).startswith(package)
        for name in statement.names
    }
    assert told == {
        (f"{package}.{home}", name)
        for home, names in module.HOMES.items()
        for name in names.split()
    }
    for _, name in told:
        assert getattr(module, name) is not None


def test_a_name_that_is_not_exported_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match=r"'prober.policy' has no attribute 'predict'"):
        exports("prober.policy", {"predictor": "Predictor"})("predict")


LISTED = (
    "agent",
    "prober/coordinator",
    "prober/fabric",
    "prober/model",
    "prober/policy",
)
"""Where every package's docstring lists its modules."""
_ITEM = re.compile(r"^- ((?:`\w+`(?:, )?)+)", re.MULTILINE)
_UNLISTED = {"agent.probes", "prober.model.published"}
"""Their modules are rows of one table, or the parts of one record."""


def packages() -> list[str]:
    files = [file for folder in LISTED for file in (ROOT / folder).rglob("__init__.py")]
    names = [".".join(file.parent.relative_to(ROOT).parts) for file in files]
    return sorted(set(names) - _UNLISTED)


@pytest.mark.parametrize("package", packages())
def test_a_package_lists_its_modules(package: str) -> None:
    folder = ROOT / package.replace(".", "/")
    there = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")}
    there |= {path.parent.name for path in folder.glob("*/__init__.py")}
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    listed = {name for item in _ITEM.findall(text) for name in re.findall(r"\w+", item)}
    named = set(re.findall(r"`(\w+)`", text))
    assert listed <= there, f"no such module: {listed - there}"
    assert there <= named, f"not listed: {there - named}"


def test_a_command_starts_with_few_imports() -> None:
    """`prober --version` and completion must not wait for the network, the cluster's client or the
    policies."""
    script = "import sys, prober.cli.main; print(*sorted(m for m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    heavy = {"aiohttp", "cryptography", "dns", "h2", "jsonschema", "kubernetes", "msgspec"}
    heavy |= {"pyroute2", "rich", "scapy", "yaml", "agent"}
    heavy |= {
        f"prober.{name}" for name in ("policy", "fabric", "scenario", "manifest", "diagnosis")
    }
    assert not loaded & heavy
