"""Unmasking a RST: only with both proofs, and never by guessing."""

from __future__ import annotations

import errno

import pytest

from agent.evidence import routes
from agent.net import connect
from agent.net.connect import Connection
from agent.path.rst_origin import RstOrigin
from agent.result import AttemptResult
from prober.model.outcome import Evidence, IcmpEvidence, Outcome

TARGET = "198.18.0.9"
REFUSED = AttemptResult(
    Outcome.REFUSED, TARGET, {"connect": 1.0}, Evidence(errno="ECONNREFUSED"), port=80
)
EXCEEDED = (IcmpEvidence(11, 0, "198.51.100.11", ttl=64),)


class Wire:
    """Answers connects as if a RST arrived with `ttl`; a SYN with TTL 1 is `exceeded`, or reaches
    who sends the RST."""

    def __init__(self, ttl: int, *, exceeded: bool) -> None:
        self.ttl, self.exceeded = ttl, exceeded
        self.connects: list[tuple[int, int]] = []

    async def connect(
        self, address: str, port: int, deadline: float, *, ttl: int = 0, least_ttl: int = 0
    ) -> Connection:
        self.connects.append((ttl, least_ttl))
        if ttl == 1 and self.exceeded:
            return Connection(None, errno.EHOSTUNREACH, EXCEEDED)
        return Connection(None, errno.ECONNREFUSED if self.ttl >= least_ttl else 0)


def on(monkeypatch: pytest.MonkeyPatch, wire: Wire, *, behind: bool | None = True) -> None:
    monkeypatch.setattr(connect, "over_tcp", wire.connect)
    monkeypatch.setattr(routes, "behind_gateway", lambda _: behind)


@pytest.mark.parametrize(
    ("ttl", "exceeded", "behind", "outcome"),
    [
        (64, True, True, Outcome.REJECTED),
        (63, True, True, Outcome.REFUSED),  # a router is between: it may be the target
        (127, True, True, Outcome.REFUSED),  # a target that sends with 128
        (
            64,
            False,
            True,
            Outcome.REFUSED,
        ),  # it may be the next hop itself, or its "time exceeded" was not sent
        (64, True, False, Outcome.REFUSED),  # a neighbour
        (64, True, None, Outcome.REFUSED),
    ],
)
async def test_both_proofs_are_needed(
    monkeypatch: pytest.MonkeyPatch, ttl: int, exceeded: bool, behind: bool | None, outcome: Outcome
) -> None:
    on(monkeypatch, Wire(ttl, exceeded=exceeded), behind=behind)
    result = await RstOrigin().unmask(REFUSED)
    assert result.outcome is outcome
    assert bool(result.evidence.notes) is (outcome is Outcome.REJECTED)


async def test_the_distance_is_measured_once_for_an_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire = Wire(63, exceeded=True)
    on(monkeypatch, wire)
    rst_origin = RstOrigin()
    for _ in range(3):
        await rst_origin.unmask(REFUSED)
    assert wire.connects == [(1, 0), (0, 64), (0, 64), (0, 64)]


@pytest.mark.parametrize(
    "result",
    [
        AttemptResult(Outcome.OK, TARGET, port=80),
        AttemptResult(Outcome.TIMEOUT, TARGET, port=80),
        AttemptResult(
            Outcome.REFUSED, TARGET
        ),  # UDP: it has an ICMP error, and that has a TTL of its own
    ],
)
async def test_nothing_else_is_touched(
    monkeypatch: pytest.MonkeyPatch, result: AttemptResult
) -> None:
    wire = Wire(64, exceeded=True)
    on(monkeypatch, wire)
    assert await RstOrigin().unmask(result) is result
    assert wire.connects == []
