"""What a person sees: the command line, the lab, real packets, the exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[3]
FLUX = str(ROOT / "scenarios" / "flux.yaml")
FIXED = str(ROOT / "scenarios" / "flux-fixed.yaml")


def prober(*args: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "prober.cli.main", *args],
        text=True,
        capture_output=True,
        check=False,
        **options,
    )


@pytest.fixture
def nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Afterwards no process that descends from this test lives, wherever it went; yields a count of
    them.

    A mark in the environment finds them, and namespaces without a name live no longer than their
    processes.
    """
    mark = f"PROBER_TEST_RUN={uuid.uuid4().hex}"
    monkeypatch.setenv(*mark.split("="))

    def alive() -> int:
        count = 0
        for environ in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                count += mark.encode() in environ.read_bytes()
        return count

    yield alive
    for _ in range(500):
        if not alive():
            return
        time.sleep(0.02)
    pytest.fail(f"{alive()} processes are left")


def run_flux(enforcement: str, *more: str) -> tuple[int, dict[str, Any]]:
    done = prober("run", FLUX, "--lab", "--enforcement", enforcement, "-o", "json", *more)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def by_name(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in record["checks"]}


SSH = "source-controller → github.com:22/tcp"
ARTIFACT = "kustomize-controller → svc/source-controller:80"


@pytest.mark.parametrize(
    ("enforcement", "outcome", "verdict"),
    [
        ("reject", "rejected", "as-predicted"),
        ("drop", "timeout", "as-predicted"),
        ("none", "ok", "leak"),
    ],
)
def test_a_stuck_flux_is_told_apart(
    enforcement: str, outcome: str, verdict: str, nothing_left: Callable[[], int]
) -> None:
    code, record = run_flux(enforcement)
    assert code == 1
    checks = by_name(record)
    for name in (SSH, ARTIFACT):
        assert checks[name]["observation"]["outcome"] == outcome
        assert checks[name]["verdict"] == verdict
        assert checks[name]["prediction"]["verdict"] == "denied"
        assert "flux-system/allow-egress" in checks[name]["prediction"]["reason"]
        assert all(control["passed"] for control in checks[name]["controls"])
    fine = [
        check
        for name, check in checks.items()
        if "github.com:22" not in name and "svc/source-controller" not in name
    ]
    assert {check["result"] for check in fine} == {"pass"}
    assert len(fine) == 5


def test_reject_names_the_node_that_rejected() -> None:
    _, record = run_flux("reject")
    checks = by_name(record)
    assert [icmp["sender"] for icmp in checks[SSH]["observation"]["evidence"]["icmp"]] == [
        "198.51.100.11"
    ]
    assert "n1 (198.51.100.11) answered ICMP 3/3" in " ".join(checks[SSH]["reasons"])
    assert "n2 (198.51.100.12) answered ICMP 3/3" in " ".join(checks[ARTIFACT]["reasons"])


def test_drop_says_which_side_dropped() -> None:
    _, record = run_flux("drop")
    assert "dropped on the source's side" in " ".join(by_name(record)[SSH]["reasons"])


@pytest.mark.parametrize("enforcement", ["reject", "drop"])
def test_the_causes_are_named_with_a_fix(enforcement: str) -> None:
    _, record = run_flux(enforcement)
    causes = {(finding["id"], finding["cause"]) for finding in record["findings"]}
    assert (
        "egress-policy-missing-port",
        "NetworkPolicy flux-system/allow-egress lacks 22/TCP to github.com",
    ) in causes
    assert {finding["id"] for finding in record["findings"]} == {
        "egress-policy-missing-port",
        "ingress-policy-missing-port",
    }
    assert all(
        finding["fix"]["patch"] or finding["fix"]["beside"] for finding in record["findings"]
    )


@pytest.mark.parametrize("enforcement", ["reject", "drop"])
def test_the_mended_flux_is_green_and_silent(enforcement: str) -> None:
    done = prober("run", FIXED, "--lab", "--enforcement", enforcement)
    assert done.returncode == 0, done.stdout
    assert "9 ok, 0 failed, 0 inconclusive" in done.stdout
    assert "cause" not in done.stdout


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("firewall=github.com:443", "outside-firewall"),
        ("dead-dns", "cluster-dns-silent"),
        ("no-endpoints=svc/webhook-receiver.flux-system", "pods-not-ready"),
        ("not-listening=deploy/source-controller.flux-system:8080", "nothing-listens"),
        ("lost-identity=deploy/source-controller.flux-system", "pod-network-dead"),
    ],
)
@pytest.mark.parametrize("enforcement", ["reject", "drop"])
def test_a_fault_is_found_and_nothing_else(fault: str, cause: str, enforcement: str) -> None:
    done = prober(
        "run", FIXED, "--lab", "--enforcement", enforcement, "--fault", fault, "-o", "json"
    )
    record = json.loads(done.stdout)
    assert done.returncode == 1
    assert {finding["id"] for finding in record["findings"]} == {cause}, done.stdout


def test_a_stopped_policy_agent_leaks() -> None:
    done = prober("matrix", "-f", FIXED, "--lab", "--fault", "stopped-agent=node/n1", "-o", "json")
    record = json.loads(done.stdout)
    assert done.returncode == 1
    assert {finding["id"] for finding in record["findings"]} == {"policy-agent-stopped"}
    assert "n1" in record["findings"][0]["cause"]


def test_the_matrix_is_as_predicted_when_policies_are_enforced() -> None:
    done = prober("matrix", "-f", FIXED, "--lab", "-o", "json")
    record = json.loads(done.stdout)
    assert done.returncode == 0, prober("matrix", "-f", FIXED, "--lab", "-o", "table").stdout
    assert {check["verdict"] for check in record["checks"]} == {"as-predicted"}


def test_check_is_one_line_with_the_same_engine() -> None:
    done = prober(
        "check", "deploy/source-controller.flux-system", "tcp://github.com:443", "--lab", "-f", FLUX
    )
    assert done.returncode == 0
    assert "source-controller → github.com:443/tcp" in done.stdout
    denied = prober(
        "check", "deploy/source-controller.flux-system", "tcp://github.com:22", "--lab", "-f", FLUX
    )
    assert denied.returncode == 1


def test_several_reports_at_once(tmp_path: Path) -> None:
    reports = [
        tmp_path / name for name in ("run.json", "run.yaml", "run.xml", "run.tap", "run.txt")
    ]
    done = prober(
        "run", FIXED, "--lab", *(part for report in reports for part in ("--report", str(report)))
    )
    assert done.returncode == 0
    assert all(report.stat().st_size > 100 for report in reports)
    assert json.loads(reports[0].read_text())["exitCode"] == 0


def test_a_full_disk_is_said_and_is_not_green(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root only")
    script = f"""
        mount -t tmpfs -o size=4k tmpfs {tmp_path} && head -c 4096 /dev/zero > {tmp_path}/full 2>/dev/null
        exec {sys.executable} -m prober.cli.main run {FIXED} --lab --report {tmp_path}/run.json
    """
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script], text=True, capture_output=True, check=False
    )
    assert done.returncode == 3
    assert "No space left" in done.stderr or "no space left" in done.stderr
    assert "9 ok" in done.stdout


def test_the_dry_run_shows_the_plan_and_sends_nothing() -> None:
    done = prober("run", FLUX, "--lab", "--dry-run")
    assert done.returncode == 0
    assert "github.com:22" in done.stdout
    assert "control" in done.stdout


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)]
)
def test_interrupted_in_the_middle_nothing_is_left(
    number: signal.Signals, code: int, nothing_left: Callable[[], int]
) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "prober.cli.main",
            "run",
            FLUX,
            "--lab",
            "--enforcement",
            "drop",
            "--timeout",
            "20s",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    steady = 0
    for _ in range(1000):
        # The lab's keeper and servers, and the agents that probe, for as long as nobody stops them:
        # what helps to build the lab comes and goes.
        steady = steady + 1 if nothing_left() > 5 else 0
        if steady == 5:
            break
        time.sleep(0.05)
    assert steady == 5
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert "Traceback" not in err
    assert "exit 0" not in out


def test_two_labs_at_once() -> None:
    commands = [[sys.executable, "-m", "prober.cli.main", "run", FIXED, "--lab"] for _ in range(2)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands
    ]
    for process in processes:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out


def test_without_nft_the_next_step_is_named() -> None:
    hidden = "for tool in /usr/sbin/nft /sbin/nft; do mount --bind /dev/null $tool; done; exec "
    command = hidden + f"{sys.executable} -m prober.cli.main run {FLUX} --lab"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", command],
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3
    assert "nft" in done.stderr
    assert "apt" in done.stderr


@pytest.mark.parametrize(
    "target",
    [
        "https://github.com",
        "tls://github.com:443",
        "tls://203.0.113.10:443",
        "tls://svc/kubernetes.default:443",
    ],
)
def test_certificates_of_the_lab_are_trusted_in_it(target: str) -> None:
    done = prober(
        "check",
        "deploy/source-controller.flux-system",
        target,
        "--lab",
        "-f",
        "scenarios/flux",
        "-o",
        "json",
    )
    [check] = json.loads(done.stdout)["checks"]
    assert check["observation"]["outcome"] == "ok", check["observation"]["detail"]
    assert check["observation"]["evidence"]["tls"]["trusted"] is True
