"""Streams that are closed, full, or whose reader left: the result is said to be lost, and is never
a success."""

import subprocess
import sys
from pathlib import Path

import pytest

POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: web}]}
"""
COMMANDS = [
    "predict -f world.yaml",
    "audit -f world.yaml --fail-on never",
    "audit -f world.yaml --fail-on never -o json",
    "manifests",
    "validate --schema",
    "--help",
    "--version",
]


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    prober = f"{sys.executable} -m prober.cli.main"
    return subprocess.run(
        ["/bin/bash", "-c", line.replace("prober ", f"{prober} ", 1)],
        cwd=folder,
        text=True,
        errors="replace",
        capture_output=True,
        check=False,
    )


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "world.yaml").write_text(POLICY)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("stdout", [">&-", "> /dev/full", ">&- <&-"])
def test_what_nobody_can_see_is_no_success(here: Path, command: str, stdout: str) -> None:
    assert shell(f"prober {command} > /dev/null", here).returncode == 0
    done = shell(f"prober {command} {stdout}", here)
    assert done.returncode == 3
    assert "the output cannot be written: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_reader_that_has_enough_is_not_told(here: Path) -> None:
    done = shell("prober manifests | head -1", here)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_closed_stderr_does_not_send_messages_into_files(here: Path) -> None:
    done = shell("prober audit -f nothing.yaml 2>&-", here)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_stdout_without_utf_8_is_no_defect(here: Path) -> None:
    for encoding in ("ascii", "latin-1"):
        done = shell(
            f"env PYTHONIOENCODING={encoding} PYTHONUTF8=0 prober audit -f world.yaml", here
        )
        assert done.returncode == 0
        assert done.stderr == ""
