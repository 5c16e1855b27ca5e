"""A probe that is told where to send from."""

from __future__ import annotations

import asyncio
import socket

import pytest

from agent import wire
from agent.runner import run_plan
from prober.model.errors import UsageError
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Plan, Probe, ProbeKind


async def test_it_sends_from_there_and_its_neighbours_do_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        probes = (
            Probe("bound", ProbeKind.TCP, "127.0.0.1", port, source="127.0.0.9"),
            Probe("free", ProbeKind.TCP, "127.0.0.1", port),
        )
        seen: list[Observation] = []
        await run_plan(Plan("v", probes), seen.append)
        await asyncio.sleep(0)
    local = {item.probe: item.evidence.local.rpartition(":")[0] for item in seen}
    assert local == {"bound": "127.0.0.9", "free": "127.0.0.1"}


async def test_an_address_of_somebody_else_is_no_answer() -> None:
    seen: list[Observation] = []
    probe = Probe("p", ProbeKind.TCP, "127.0.0.1", 9, timeout=1, source="203.0.113.77")
    await run_plan(Plan("v", (probe,)), seen.append)
    assert seen[0].outcome is not Outcome.OK
    assert seen[0].evidence.errno == "EADDRNOTAVAIL"


def test_a_plan_with_a_source_that_is_no_address_is_refused() -> None:
    probe = Probe("p", ProbeKind.TCP, "127.0.0.1", 9, source="n1")
    with pytest.raises(UsageError, match="no address to send from"):
        wire.decode_plan(wire.encode_plan(Plan("v", (probe,))))
