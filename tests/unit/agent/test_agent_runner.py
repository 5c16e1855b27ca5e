"""The runner as a process and as a function, over loopback."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import wire
from agent.runner import run_plan
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Plan, Probe, ProbeKind

RUNNER = [sys.executable, "-m", "agent.runner"]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A UDP port that takes everything and answers nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@pytest.fixture
def open_port() -> Iterator[int]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        yield sock.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def run(plan: bytes, *options: str) -> tuple[int, list[object]]:
    done = subprocess.run(
        [*RUNNER, *options], input=plan, capture_output=True, check=False, cwd=ROOT, timeout=30
    )
    assert done.stderr == b""
    return done.returncode, [wire.decode_line(line) for line in done.stdout.splitlines()]


async def test_observations_come_as_they_happen_and_the_end_is_last(
    open_port: int, silent_port: int
) -> None:
    plan = Plan(
        "v",
        (
            Probe("slow", ProbeKind.UDP, "127.0.0.1", silent_port, timeout=0.3),
            Probe("quick", ProbeKind.TCP, "127.0.0.1", open_port),
        ),
    )
    seen: list[Observation] = []
    await run_plan(plan, seen.append)
    assert [observation.probe for observation in seen] == ["quick", "slow"]
    _, lines = run(wire.encode_plan(plan) + b"\n")
    assert [line.probe for line in lines if isinstance(line, Observation)] == ["quick", "slow"]
    assert lines[-1] == wire.End(2)


async def test_an_empty_plan_ends_at_once() -> None:
    seen: list[Observation] = []
    await run_plan(Plan("v", ()), seen.append)
    assert seen == []
    assert run(wire.encode_plan(Plan("v", ())) + b"\n") == (0, [wire.End(0)])


async def test_a_cancelled_run_stops(silent_port: int) -> None:
    plan = Plan("v", (Probe("a", ProbeKind.UDP, "127.0.0.1", silent_port, timeout=60),))
    seen: list[Observation] = []
    task = asyncio.create_task(run_plan(plan, seen.append))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == []


def test_every_line_carries_the_nonce_of_its_plan(closed_port: int) -> None:
    plan = Plan("v", (Probe("a", ProbeKind.TCP, "127.0.0.1", closed_port),), nonce="n1")
    done = subprocess.run(
        RUNNER,
        input=wire.encode_plan(plan) + b"\n",
        capture_output=True,
        check=True,
        cwd=ROOT,
        timeout=30,
    )
    assert [json.loads(line)["nonce"] for line in done.stdout.splitlines()] == ["n1", "n1"]


def test_failed_probes_are_a_successful_run(closed_port: int) -> None:
    plan = Plan("v", (Probe("a", ProbeKind.TCP, "127.0.0.1", closed_port),))
    code, lines = run(wire.encode_plan(plan) + b"\n")
    assert code == 0
    assert isinstance(lines[0], Observation)
    assert lines[0].outcome is Outcome.REFUSED
    assert lines[1:] == [wire.End(1)]


@pytest.mark.parametrize("packed", [False, True])
def test_a_plan_from_a_file(tmp_path: Path, closed_port: int, packed: bool) -> None:
    line = wire.encode_plan(Plan("v", (Probe("a", ProbeKind.TCP, "127.0.0.1", closed_port),)))
    file = tmp_path / "plan"
    file.write_bytes(gzip.compress(line) if packed else line)
    code, lines = run(b"", "--plan", str(file))
    assert (code, lines[-1]) == (0, wire.End(1))


def test_a_plan_from_a_variable(closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    line = wire.encode_plan(Plan("v", (Probe("a", ProbeKind.TCP, "127.0.0.1", closed_port),)))
    monkeypatch.setenv("PLAN", base64.b64encode(gzip.compress(line)).decode())
    code, lines = run(b"", "--plan-variable", "PLAN")
    assert (code, lines[-1]) == (0, wire.End(1))
    code, [failure] = run(b"", "--plan-variable", "NO_PLAN")
    assert code == 2
    assert isinstance(failure, wire.FailureLine)
    assert "$NO_PLAN cannot be read" in failure.message


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "there is no plan"), (b"{]\n", "cannot be read"), (b'{"version": 1}\n', "version 1")],
)
def test_a_bad_plan_is_a_failure_line_and_exit_code_2(content: bytes, message: str) -> None:
    code, [failure] = run(content)
    assert code == 2
    assert isinstance(failure, wire.FailureLine)
    assert message in failure.message
    assert failure.hint


@pytest.mark.parametrize(
    "content",
    [None, gzip.compress(b"x" * 100)[:20], b"\x1f\x8bnonsense"],
    ids=["no file", "cut off", "not gzip"],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "plan"
    if content is not None:
        file.write_bytes(content)
    code, [failure] = run(b"", "--plan", str(file))
    assert code == 2
    assert isinstance(failure, wire.FailureLine)
    assert str(file) in failure.message


def test_it_starts_when_it_has_read_one_line_without_waiting_for_the_end(closed_port: int) -> None:
    plan = Plan("v", (Probe("a", ProbeKind.TCP, "127.0.0.1", closed_port),))
    with subprocess.Popen(
        RUNNER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(wire.encode_plan(plan) + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["type"] == "observation"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_the_stream_says_so(
    number: signal.Signals, open_port: int, silent_port: int
) -> None:
    plan = Plan(
        "v",
        (
            Probe("a", ProbeKind.UDP, "127.0.0.1", silent_port, timeout=60),
            Probe("b", ProbeKind.TCP, "127.0.0.1", open_port),
        ),
    )
    with subprocess.Popen(
        RUNNER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(wire.encode_plan(plan) + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(number)
        last = wire.decode_line(process.stdout.read())
        assert process.wait(10) == 130
        assert process.stderr.read() == b""
    assert isinstance(last, wire.FailureLine)
    assert "stopped before all probes had ended" in last.message


def test_when_nobody_reads_any_more_it_stops(open_port: int, silent_port: int) -> None:
    probes = [Probe("a", ProbeKind.UDP, "127.0.0.1", silent_port, timeout=60)]
    probes += [Probe(f"b{number}", ProbeKind.TCP, "127.0.0.1", open_port) for number in range(3)]
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        RUNNER, stdin=subprocess.PIPE, stdout=writing, stderr=subprocess.PIPE, cwd=ROOT
    )
    os.close(writing)
    _, said = process.communicate(wire.encode_plan(Plan("v", tuple(probes))) + b"\n", timeout=10)
    assert (process.returncode, said) == (130, b"")


@pytest.mark.parametrize(
    ("kinds", "absent"),
    [("tcp udp icmp", "dns aiohttp scapy cryptography"), ("http", "cryptography dns")],
)
def test_a_plan_loads_only_what_it_needs(kinds: str, absent: str) -> None:
    code = f"""
import sys
from agent import runner
from prober.model.probe import *
probes = tuple(Probe(kind, ProbeKind(kind), "127.0.0.1", 1, url="http://127.0.0.1:1/") for kind in {kinds.split()!r})
runner.import_early(Plan("v", probes))
print(*sorted({{name.partition(".")[0] for name in sys.modules}} & set({absent.split()!r})))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "\n"
