"""What a vantage's stream may say, and that nothing counts of one that says anything else."""

from __future__ import annotations

import asyncio
import json
import math
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.wire import encode_end, encode_failure, encode_observation, encode_plan
from prober.fabric.ledger import (
    AgentFailureError,
    BrokenStreamError,
    Ledger,
    hear,
    lines_of,
    sealed,
)
from prober.model.bounds import LONGEST_LINE, LONGEST_TEXT, MOST_ITEMS, bounded
from prober.model.errors import ProberError
from prober.model.outcome import Attempt, DnsEvidence, Evidence, Observation, Outcome, TlsEvidence
from prober.model.probe import Plan, Probe, ProbeKind

PLAN = sealed(
    Plan(
        "pod/tenant/web-0",
        (Probe("a", ProbeKind.TCP, "198.18.1.2", 80), Probe("b", ProbeKind.UDP, "h", 5)),
    )
)
NONCE = PLAN.nonce
A, B = (encode_observation(Observation(name, Outcome.TIMEOUT), NONCE) for name in "ab")
END = encode_end(2, NONCE)


async def observed(*chunks: bytes, plan: Plan = PLAN) -> list[str]:
    """The probes that count of a stream. Raises what it comes to, also when it was cut off."""

    async def written() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    ledger = Ledger(plan)
    seen = [observation.probe async for observation in hear(written(), ledger)]
    if not ledger.ended:
        raise EOFError(ledger.counted)
    return seen


def lines(*written: bytes) -> bytes:
    return b"".join(line + b"\n" for line in written)


def forged(content: dict[str, Any], probe: str = "a", nonce: str = NONCE) -> bytes:
    """An observation line as anybody could write it."""
    observation = {"probe": probe, "outcome": "ok", **content}
    return json.dumps({"type": "observation", "nonce": nonce, "observation": observation}).encode()


async def test_a_stream_that_keeps_to_the_protocol_counts() -> None:
    assert await observed(lines(A, B, END)) == ["a", "b"]
    assert await observed(lines(B, A, END)) == ["b", "a"]
    assert await observed(*(bytes((byte,)) for byte in lines(A, B, END))) == ["a", "b"]


async def test_a_stream_without_its_end_is_cut_off() -> None:
    for cut in (lines(), lines(A), lines(A, B), lines(A, B) + END[:10]):
        with pytest.raises((EOFError, BrokenStreamError)):
            await observed(cut)


FOREIGN = [
    (
        "an id of another vantage",
        lines(A, forged({}, "c7"), B, END),
        "probe 'c7', which this vantage was not given",
    ),
    ("an id twice", lines(A, A, B, END), "two observations of probe 'a'"),
    (
        "an id twice, with another outcome",
        lines(A, forged({}), B, END),
        "two observations of probe 'a'",
    ),
    ("an end before the last", lines(A, END), "ends after 1 of 2 observations"),
    ("an end that counts wrong", lines(A, B, encode_end(3, NONCE)), "counts 3"),
    ("an end that counts backwards", lines(A, B, encode_end(-2, NONCE)), "counts -2"),
    ("two ends", lines(A, B, END, END), "goes on after its end line"),
    ("output after the end", lines(A, B, END, b"bye"), "goes on after its end line"),
    ("an observation after the end", lines(A, B, END, forged({})), "goes on after its end line"),
    (
        "a failure after the end",
        lines(A, B, END, encode_failure("x", nonce=NONCE)),
        "goes on after its end line",
    ),
    ("no nonce", lines(forged({}, nonce=""), B, END), "lines that no agent writes"),
    ("a wrong nonce", lines(forged({}, nonce="0" * 16), B, END), "lines that no agent writes"),
    ("the end of another plan", lines(A, B, encode_end(2, "0" * 16)), "lines that no agent writes"),
    (
        "the failure of another plan",
        lines(A, encode_failure("x", nonce="0")),
        "lines that no agent writes",
    ),
    ("the plan, echoed", lines(encode_plan(PLAN), A, B, END), "lines that no agent writes"),
    ("a workload's own log", lines(b"GET /healthz 200", A, B, END), "GET /healthz 200"),
    ("a log between the lines", lines(A, b"GET /healthz 200", B, END), "GET /healthz 200"),
    ("an empty line", lines(A, b"", B, END), "lines that no agent writes"),
    ("a NUL byte", lines(A, b"\0", B, END), "lines that no agent writes"),
    (
        "not UTF-8",
        lines(A.replace(b"timeout", b"time\xffout"), B, END),
        "lines that no agent writes",
    ),
    (
        "not UTF-8 in a text",
        lines(forged({"detail": "@"}).replace(b"@", b"\xff"), B, END),
        "lines that no agent",
    ),
    ("a lone surrogate", lines(forged({"detail": "\ud800"}), B, END), "lines that no agent writes"),
    ("deeply nested", lines(b'{"x":' * 20_000, A, B, END), "lines that no agent writes"),
    ("deeply nested lists", lines(b"[" * 100_000, A, B, END), "lines that no agent writes"),
    ("a line that is too long", lines(A, b"x" * (LONGEST_LINE + 1), B, END), "a line of more than"),
    ("a long line of spaces", lines(A, B + b" " * LONGEST_LINE, END), "a line of more than"),
    ("an unknown type", lines(b'{"type": "result"}', A, B, END), "lines that no agent writes"),
    ("an unknown field", lines(forged({"verdict": "ok"}), B, END), "lines that no agent writes"),
    (
        "an unknown outcome",
        lines(forged({"outcome": "fine"}), B, END),
        "lines that no agent writes",
    ),
    (
        "a version",
        lines(b'{"type": "end", "version": 1, "probes": 2}'),
        "lines that no agent writes",
    ),
    ("a number for a text", lines(forged({"address": 1}), B, END), "lines that no agent writes"),
    ("a text for a number", lines(forged({"time_ms": "1"}), B, END), "lines that no agent writes"),
    ("NaN", lines(forged({"time_ms": math.nan}), B, END), "lines that no agent writes"),
    ("infinity", lines(forged({"time_ms": math.inf}), B, END), "lines that no agent writes"),
    (
        "beyond a float",
        lines(forged({"time_ms": 0}).replace(b": 0", b": 1e999"), B, END),
        "lines that no agent",
    ),
    (
        "a million pieces of evidence",
        lines(forged({"evidence": {"notes": ["x"] * 1_000_000}})),
        "a line of more",
    ),
]


@pytest.mark.parametrize(
    ("stream", "why"), [case[1:] for case in FOREIGN], ids=[case[0] for case in FOREIGN]
)
async def test_anything_else_breaks_the_whole_stream(stream: bytes, why: str) -> None:
    with pytest.raises(BrokenStreamError, match="nothing that it said counts") as caught:
        await observed(stream)
    assert why in str(caught.value)
    assert "docs/security.md" in caught.value.hint
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


IMPOSSIBLE = [
    ("a negative time", {"time_ms": -1}, "-1.0 ms is no time"),
    ("a huge time", {"time_ms": 1e300}, "is no time"),
    ("a negative phase", {"phases": {"connect": -0.5}}, "is no time"),
    (
        "an unknown phase",
        {"phases": {"connect": 1, "think": 1}, "time_ms": 2},
        "tcp has no phase 'think'",
    ),
    ("ok without a connection", {"phases": {"resolve": 1}, "time_ms": 2}, "ok, without connect"),
    (
        "a reply without a connection",
        {"outcome": "timeout", "phases": {"reply": 1}, "time_ms": 2},
        "went on without",
    ),
    (
        "refused, with a reply",
        {"outcome": "refused", "phases": {"connect": 1, "reply": 1}, "time_ms": 9},
        "went on",
    ),
    (
        "phases longer than all",
        {"phases": {"connect": 5000}, "time_ms": 1},
        "its phases take longer",
    ),
    (
        "a name that did not resolve",
        {"outcome": "dns-nxdomain", "phases": {"connect": 1}, "time_ms": 2},
        "dns-nxdomain",
    ),
    ("silent TCP", {"outcome": "silent"}, "tcp is never silent"),
    ("ok with an error", {"evidence": {"errno": "ECONNREFUSED"}}, "failed with ECONNREFUSED"),
    ("an address that is none", {"address": "bank.example"}, "'bank.example' is no address"),
    (
        "a sender that is none",
        {"evidence": {"icmp": [{"type": 3, "code": 3, "sender": "me"}]}},
        "'me' is no address",
    ),
    (
        "an ICMP type out of range",
        {"evidence": {"icmp": [{"type": 300, "code": 3, "sender": ""}]}},
        "out of range",
    ),
    (
        "a TTL out of range",
        {"evidence": {"hops": [{"ttl": -1, "sender": "", "kind": "silent"}]}},
        "out of range",
    ),
    (
        "an HTTP status out of range",
        {"evidence": {"http": {"status": 10**18}}},
        "is no HTTP status",
    ),
    ("days without end", {"evidence": {"tls": {"days_left": 1e30}}}, "no certificate is valid"),
    (
        "more attempts than asked for",
        {"attempts": [{"outcome": "timeout", "time_ms": 1}] * 2},
        "2 attempts, of 1",
    ),
    (
        "another outcome at last",
        {"attempts": [{"outcome": "timeout", "time_ms": 1}]},
        "its last attempt is timeout",
    ),
]


@pytest.mark.parametrize(
    ("content", "why"), [case[1:] for case in IMPOSSIBLE], ids=[case[0] for case in IMPOSSIBLE]
)
async def test_what_no_agent_can_have_seen_is_no_result(content: dict[str, Any], why: str) -> None:
    with pytest.raises(BrokenStreamError, match="cannot be: ") as caught:
        await observed(lines(forged(content), B, END))
    assert why in str(caught.value)


async def test_the_agents_own_failure_is_told_in_plain_text() -> None:
    with pytest.raises(AgentFailureError) as caught:
        await observed(lines(encode_failure("no \x1b[31msockets", "close\x07 some", NONCE)))
    assert (str(caught.value), caught.value.hint) == ("no .[31msockets", "close. some")


async def test_escape_sequences_never_leave_the_ledger() -> None:
    async def written() -> AsyncIterator[bytes]:
        yield lines(forged({"detail": "\x1b]0;owned\x07", "evidence": {"notes": ["\u202e\0"]}}))

    (observation,) = [heard async for heard in hear(written(), Ledger(PLAN))]
    assert observation.detail == ".]0;owned."
    assert observation.evidence.notes == ("..",)


async def test_a_stream_that_is_held_open_after_its_end_counts_as_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("prober.fabric.ledger._AFTERWARDS", 0.01)

    async def written() -> AsyncIterator[bytes]:
        yield lines(A, B, END)
        await asyncio.sleep(60)

    ledger = Ledger(PLAN)
    assert len([heard async for heard in hear(written(), ledger)]) == 2
    assert ledger.ended


@pytest.mark.parametrize(
    "chunk", [b"x" * 65_536, b"spam\n" * 10_000, A + b"\n"], ids=["no newline", "lines", "repeated"]
)
async def test_a_hundred_megabytes_end_at_once_and_take_no_memory(chunk: bytes) -> None:
    given = 0

    async def written() -> AsyncIterator[bytes]:
        nonlocal given
        while given < 100 << 20:
            given += len(chunk)
            yield chunk

    tracemalloc.start()
    try:
        with pytest.raises(BrokenStreamError):
            async for _ in hear(written(), Ledger(PLAN)):
                pass
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert given < 1 << 20


async def test_lines_are_cut_and_never_lost() -> None:
    async def written() -> AsyncIterator[bytes]:
        for chunk in (b"a\nb", b"c\n\n", b"x" * LONGEST_LINE, b"x" * 99, b"y\nlast"):
            yield chunk

    lines_read = [line async for line in lines_of(written())]
    assert lines_read == [b"a", b"bc", b"", b"x" * (LONGEST_LINE + 16), b"last"]


def test_evidence_is_capped_and_what_is_left_out_is_said() -> None:
    answers = tuple(f"198.18.{n // 250}.{n % 250}" for n in range(3_300))
    seen = Evidence(
        dns=(DnsEvidence("big.example.", "198.18.0.53", "NOERROR", answers),), banner="\x1b[2J"
    )
    capped = bounded(Observation("a", Outcome.OK, evidence=seen, detail="x" * 53_000))
    assert capped.evidence.dns[0].answers == (*answers[: MOST_ITEMS - 1], answers[-1])
    assert capped.evidence.notes == (f"answers: {3_300 - MOST_ITEMS} of 3300 are left out",)
    assert len(capped.detail) == LONGEST_TEXT
    assert capped.evidence.banner == ".[2J"
    assert bounded(capped) == capped


def test_whatever_a_server_says_a_line_is_never_too_long() -> None:
    worst = "\\\U0001f600" * 200
    tls = TlsEvidence(subject=worst, issuer=worst, names=(worst,) * 99)
    dns = (DnsEvidence(worst, worst, worst, (worst,) * 99),) * 99
    tries = (Attempt(Outcome.ERROR, 1.0, detail=worst),) * 100
    capped = bounded(
        Observation(
            "a", Outcome.ERROR, evidence=Evidence(tls=tls, dns=dns), attempts=tries, detail=worst
        )
    )
    assert len(encode_observation(capped, NONCE)) <= LONGEST_LINE
    assert len(capped.attempts) == 100
    assert "was left out" in capped.evidence.notes[0]


def test_nonces_differ_for_each_stream() -> None:
    plans = {sealed(PLAN).nonce for _ in range(100)}
    assert len(plans) == 100
    assert all(len(nonce) == 16 for nonce in plans)


async def test_every_way_in_which_a_stream_is_wrong_is_an_error_of_ours() -> None:
    with pytest.raises(ProberError):
        await observed(lines(encode_end(0, NONCE)))
