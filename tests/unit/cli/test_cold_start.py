"""What is imported at start. A module more is milliseconds of every command, so each list is whole,
or names the heavy ones that must not be there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = {
    "aiohttp",
    "asyncio",
    "cryptography",
    "dns",
    "h2",
    "jsonschema",
    "kubernetes",
    "msgspec",
    "pyroute2",
    "rich",
    "scapy",
    "structlog",
    "yaml",
}
"""The dependencies, and the event loop. A command imports them when it needs them."""


def imported(code: str) -> set[str]:
    """The modules that a Python has after `code`, and had not before."""
    program = f"""
import sys
before = set(sys.modules)
{code}
sys.stderr.write(' '.join(set(sys.modules) - before))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stderr.split())


def test_the_version_takes_nothing_but_itself() -> None:
    code = "from prober.cli.main import run\nassert run(['--version']) == 0"
    assert imported(code) == {"__future__", "prober", "prober.cli", "prober.cli.main"}


@pytest.mark.parametrize("command", ["", "check", "run", "predict", "fix", "matrix"])
def test_help_takes_no_dependency_but_click(command: str) -> None:
    words = [*([command] if command else []), "--help"]
    code = f"from prober.cli.main import run\nassert run({words!r}) == 0"
    assert {name.partition(".")[0] for name in imported(code)} & HEAVY <= {"msgspec"}


def test_an_agent_starts_with_the_event_loop_and_the_wire_contract() -> None:
    heavy = {name.partition(".")[0] for name in imported("import agent.runner")} & HEAVY
    assert heavy == {"asyncio", "msgspec"}


def test_of_the_kubernetes_client_only_the_half_that_is_used_is_imported() -> None:
    """Its other half blocks, and brings an HTTP client of its own and four more libraries."""
    code = (
        "from prober.fabric.kubernetes.client.asyncio_half import without_the_blocking_half\n"
        "without_the_blocking_half()\n"
        "from kubernetes.aio.client import ApiClient, Configuration\n"
        "from kubernetes.aio import config\n"
        "from kubernetes.aio.config import kube_config\n"
        "assert kube_config._create_temp_file_with_content"
    )
    modules = imported(code)
    assert {name.partition(".")[0] for name in modules} & {
        "google",
        "oauthlib",
        "requests",
        "urllib3",
        "websocket",
    } == set()
    assert {name for name in modules if name.count(".") == 1 and name.startswith("kubernetes")} == {
        "kubernetes.aio"
    }


def test_a_run_sends_its_first_probe_before_it_imports_the_rules_of_the_diagnosis() -> None:
    modules = imported("import prober.coordinator.run")
    assert {name for name in modules if name.startswith("prober.diagnosis")} == {
        "prober.diagnosis",
        "prober.diagnosis.facts",
        "prober.diagnosis.facts.locate",
        "prober.diagnosis.facts.reasons",
    }
    assert not {name for name in modules if name.startswith("prober.symptom")}
