"""The lines: what is written is read back, defaults are left out, and what is wrong is refused with
a sentence."""

from __future__ import annotations

import dataclasses
import json

import pytest

from agent import wire
from prober.model.errors import ExitCode, FabricError, UsageError
from prober.model.outcome import (
    Attempt,
    DnsEvidence,
    Evidence,
    Hop,
    HttpEvidence,
    IcmpEvidence,
    Observation,
    Outcome,
    TlsEvidence,
)
from prober.model.probe import WIRE_VERSION, Plan, Probe, ProbeKind

PROBE = Probe("a", ProbeKind.TCP, "web.example", 80)
FULL = Observation(
    probe="a",
    outcome=Outcome.REJECTED,
    time_ms=1.5,
    address="198.18.0.9",
    phases={"resolve": 0.5, "connect": 1.0},
    evidence=Evidence(
        errno="ECONNREFUSED",
        icmp=(IcmpEvidence(3, 4, "198.51.100.11", mtu=1400, ttl=64),),
        dns=(
            DnsEvidence(
                "web.example.",
                "198.19.0.10",
                "NOERROR",
                ("198.18.0.9",),
                truncated=True,
                transport="tcp",
            ),
        ),
        tls=TlsEvidence(version="TLSv1.3", names=("web.example",), days_left=3.5, trusted=False),
        http=HttpEvidence(503, "Service Unavailable"),
        hops=(Hop(1, "198.51.100.11", "time-exceeded", 0.4), Hop(2, "", "silent")),
        banner="SSH-2.0-x",
        local="198.18.0.5:40000",
        notes=("a note",),
    ),
    attempts=(
        Attempt(Outcome.TIMEOUT, 2000.0),
        Attempt(Outcome.REJECTED, 1.5, "198.18.0.9", "why"),
    ),
    lag_ms=0.25,
    detail="why",
)


def test_a_plan_is_one_line_without_defaults_and_comes_back() -> None:
    every = {field.name: field.default for field in dataclasses.fields(Probe)}
    plan = Plan(
        "pod/ns/x",
        (PROBE, Probe("b", ProbeKind.HTTP, "h", url="http://h/\n", status=(200, 204), timeout=0.5)),
    )
    line = wire.encode_plan(plan)
    assert b"\n" not in line
    assert wire.decode_plan(line) == plan
    first = json.loads(line)["probes"][0]
    assert first == {"id": "a", "kind": "tcp", "host": "web.example", "port": 80}
    assert set(first) < set(every)


def test_an_observation_comes_back_whole_and_a_plain_one_is_short() -> None:
    assert wire.decode_line(wire.encode_observation(FULL)) == FULL
    plain = Observation("a", Outcome.OK, 1.25, "198.18.0.9")
    line = wire.encode_observation(plain)
    assert wire.decode_line(line + b"\n") == plain
    assert len(line) < 130


def test_end_and_failure_lines() -> None:
    assert wire.decode_line(wire.encode_end(3)) == wire.End(3)
    assert wire.decode_line(wire.encode_failure("no", "do")) == wire.FailureLine("no", "do")
    assert json.loads(wire.encode_end(3)) == {"type": "end", "probes": 3}
    assert json.loads(wire.encode_failure("no")) == {"type": "failure", "message": "no"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"", "there is no plan"),
        (b"  \n", "there is no plan"),
        (b"{", "cannot be read"),
        (b"[]", "cannot be read"),
        (b'{"vantage": "v"}', "missing required field `probes`"),
        (b'{"vantage": "v", "probes": [], "extra": 1}', "unknown field `extra`"),
        (
            b'{"vantage": "v", "probes": [{"id": "a", "kind": "tcp", "host": "h", "new": 1}]}',
            "unknown field `new` - at `$.probes[0]`",
        ),
        (
            b'{"vantage": "v", "probes": [{"id": "a", "kind": "sctp", "host": "h"}]}',
            "Invalid enum value 'sctp'",
        ),
        (
            b'{"vantage": "v", "probes": [{"id": "a", "kind": "tcp", "host": "h", "port": "80"}]}',
            "Expected `int`",
        ),
        (
            b'{"version": 9, "vantage": "v", "probes": [], "more": 1}',
            f"version 9, this agent speaks {WIRE_VERSION}",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(line: bytes, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        wire.decode_plan(line)
    assert message in str(caught.value)
    assert caught.value.hint
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"timeout": 0.0}, "the timeout must be more than 0 seconds, not 0.0"),
        ({"timeout": float("inf")}, "not inf"),
        ({"attempts": 0}, "at least one attempt, not 0"),
        ({"port": 0}, "the port must be from 1 to 65535, not 0"),
        ({"port": 65536}, "not 65536"),
        ({"host": ""}, "the host is missing"),
        ({"kind": ProbeKind.HTTP}, "needs a url"),
    ],
)
def test_what_cannot_be_run_is_refused_and_names_the_probe(
    change: dict[str, object], message: str
) -> None:
    plan = Plan("v", (dataclasses.replace(PROBE, **change),))  # type: ignore[arg-type]  # fields of Probe
    with pytest.raises(UsageError, match="probe 'a'") as caught:
        wire._refuse_mistakes(plan)
    assert message in str(caught.value)


def test_ids_must_differ() -> None:
    with pytest.raises(UsageError, match="used twice"):
        wire.decode_plan(wire.encode_plan(Plan("v", (PROBE, PROBE))))


@pytest.mark.parametrize(
    "line", [b"Traceback (most recent call last):", b'{"type": "other"}', b'{"probes": 1}', b""]
)
def test_a_line_that_is_none_of_the_three_is_not_passed_over(line: bytes) -> None:
    with pytest.raises(FabricError, match="cannot be read") as caught:
        wire.decode_line(line)
    assert "same release" in caught.value.hint
