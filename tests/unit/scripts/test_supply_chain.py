"""What is installed is what was locked, and an image says what it consists of and where from."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCK, SBOM, PROVENANCE = script("lock"), script("sbom"), script("provenance")
TEXT = (ROOT / "constraints.txt").read_text()


def packages(*sections: str) -> set[str]:
    text = "".join(LOCK.section(name, TEXT) for name in sections)
    return {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def test_every_package_has_one_version_and_the_hashes_of_its_files() -> None:
    blocks = re.findall(r"^[A-Za-z0-9].*(?:\n    .*)*\n", TEXT, re.MULTILINE)
    assert len(blocks) > 60
    for block in blocks:
        assert re.match(r"[A-Za-z0-9._-]+==[^ ]+ \\\n", block), block
        assert HASH.search(block), block
    names = [block.partition("==")[0] for block in blocks]
    assert len(names) == len(set(names))


def test_no_address_is_in_the_lock() -> None:
    assert "://" not in TEXT
    assert not re.search(r"^-", TEXT, re.MULTILINE)


def test_what_the_project_asks_for_is_locked_in_its_section() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def named(requirements: list[str]) -> set[str]:
        found = (re.match(r"[A-Za-z0-9._-]+", one) for one in requirements)
        return {match[0].lower() for match in found if match}

    assert named(project["dependencies"]) <= packages("agent", "prober", "lab")
    development = named(project["optional-dependencies"]["dev"])
    assert development <= packages("agent", "prober", "lab", "build", "dev")
    assert "kubernetes" not in packages("agent")


def test_the_images_install_nothing_that_is_not_locked_and_start_from_a_digest() -> None:
    text = (ROOT / "Dockerfile").read_text()
    installs = [line for line in text.splitlines() if "pip install" in line]
    assert installs
    for line in installs:
        assert "--require-hashes" in line
        assert "--no-deps" in line
    assert re.search(r"@sha256:[0-9a-f]{64}$", PROVENANCE.default_base())
    froms = {line.split()[1] for line in text.splitlines() if line.startswith("FROM ")}
    assert froms == {"${BASE}", "build", "common"}


def site(folder: Path) -> list[Path]:
    for name, licence in (
        ("Some_Thing", "License: MIT"),
        ("other", "License-Expression: BSD-3-Clause"),
    ):
        info = folder / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{licence}\n"
        )
    return [folder]


def test_a_bill_of_materials_names_every_package_and_is_the_same_each_time(tmp_path: Path) -> None:
    sites = site(tmp_path / "site")
    status = tmp_path / "status"
    status.write_text(
        "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:1.2.13\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n"
    )
    app = tmp_path / "__init__.py"
    app.write_text('__version__ = "0.1.0"\n')
    bill = SBOM.bill("base:1@sha256:0", sites, status, app)
    assert [part["purl"] for part in bill["components"]] == [
        "pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64", "pkg:pypi/other@1.0", "pkg:pypi/some-thing@1.0",
    ]  # fmt: skip
    assert bill["components"][1]["licenses"] == [{"license": {"name": "BSD-3-Clause"}}]
    assert bill["metadata"]["component"]["version"] == "0.1.0"
    assert json.dumps(bill) == json.dumps(SBOM.bill("base:1@sha256:0", sites, status, app))


def test_a_provenance_statement_names_source_base_and_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"status": "", "rev-parse": "c" * 40}
    monkeypatch.setattr(PROVENANCE, "_git", lambda verb, *_: answers[verb])
    written = PROVENANCE.statement(
        "agent", "prober-agent", f"sha256:{'d' * 64}", "https://ci.example"
    )
    assert written["subject"] == [{"name": "prober-agent", "digest": {"sha256": "d" * 64}}]
    resolved = written["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert [set(one["digest"]) for one in resolved] == [
        {"gitCommit"},
        {"sha256"},
        {"sha256"},
        {"sha256"},
    ]
    assert [one["uri"].partition(":")[0] for one in resolved] == [
        "git+https", "docker-image", "file", "file",
    ]  # fmt: skip


def test_no_statement_is_made_of_a_checkout_with_changes_or_of_a_base_by_tag(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PROVENANCE, "_git", lambda *_: " M agent/runner.py")
    with pytest.raises(SystemExit, match="in no commit"):
        PROVENANCE.statement("agent", "a", f"sha256:{'d' * 64}", "local")
    monkeypatch.setattr(PROVENANCE, "_git", lambda verb, *_: "" if verb == "status" else "c" * 40)
    with pytest.raises(SystemExit, match="not named by its digest"):
        PROVENANCE.statement("agent", "a", f"sha256:{'d' * 64}", "local", base="python:3.13-slim")
