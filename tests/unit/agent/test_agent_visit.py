"""Several plans in one exec, over loopback; nothing is entered."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from agent import wire
from agent.entering.request import Visit, decode_request, denumbered, encode_request
from prober.model.errors import FabricError, UsageError
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Plan, Probe, ProbeKind

ROOT = Path(__file__).parents[3]
VISIT = [sys.executable, "-m", "agent", "visit"]


def plan(*probes: Probe) -> msgspec.Raw:
    return msgspec.Raw(wire.encode_plan(Plan("pod/shop/web-0", probes)))


def tcp(name: str) -> Probe:
    return Probe(name, ProbeKind.TCP, "127.0.0.1", 1)


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(VISIT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)


def test_an_itinerary_survives_the_wire() -> None:
    visits = (Visit(plan(tcp("1")), "a" * 64, ("198.18.1.2",)), Visit(plan(tcp("2"))))
    line = encode_request(visits)
    assert b"\n" not in line
    assert decode_request(line) == visits


@pytest.mark.parametrize(
    "line", [b"", b"{}", b'{"visits": [], "version": 9}', b'{"visits": [], "listen": 1}']
)
def test_what_is_no_itinerary_is_refused(line: bytes) -> None:
    with pytest.raises(UsageError):
        decode_request(line)


def test_a_line_without_a_number_is_refused() -> None:
    with pytest.raises(FabricError, match="has no number"):
        denumbered(b"Traceback (most recent call last):")


def test_every_visit_writes_its_own_lines_while_stdin_stays_open() -> None:
    visits = [
        Visit(plan(tcp("1"))),
        Visit(plan(tcp("1"), tcp("2"))),
        Visit(msgspec.Raw(b'{"probes": 1}')),
    ]
    process = start()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(encode_request(visits) + b"\n")
    process.stdin.flush()
    lines = [denumbered(line.rstrip(b"\n")) for line in process.stdout]
    assert process.wait() == 0
    words = [(number, wire.decode_line(line)) for number, line in lines]
    assert [
        word.outcome for number, word in words if number == 1 and isinstance(word, Observation)
    ] == [
        Outcome.REFUSED,
        Outcome.REFUSED,
    ]
    assert [number for number, word in words if isinstance(word, wire.End)].count(0) == 1
    assert [number for number, word in words if isinstance(word, wire.FailureLine)] == [2]


def test_when_whoever_asked_is_gone_the_visits_end() -> None:
    """Nothing answers on the port, so the probe would last for an hour."""
    process = start()
    assert process.stdin is not None
    assert process.stdout is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        slow = Probe("slow", ProbeKind.UDP, "127.0.0.1", silent.getsockname()[1], timeout=3600.0)
        process.stdin.write(encode_request([Visit(plan(tcp("fast"), slow))]) + b"\n")
        process.stdin.flush()
        assert b"fast" in process.stdout.readline()
        process.stdin.close()
        assert process.wait(timeout=60) == 130


def test_a_mistake_is_a_failure_line() -> None:
    done = subprocess.run(VISIT, input=b"nonsense\n", capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert json.loads(done.stdout)["type"] == "failure"
    assert not done.stderr
