"""Forged observations through each transport, and through a fabric that believes them: nothing of
them counts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from kube_cluster import FakeCluster
from kube_fakes import SETTINGS, Answer, api_of

from agent.wire import encode_end, encode_observation
from prober.coordinator.gathering import Gathered, Gathering
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.probe_pods import logs as log_module
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.transports import local as here
from prober.fabric.lab.keeper import control
from prober.fabric.lab.keeper.runs import Runs
from prober.fabric.ledger import BrokenStreamError, sealed
from prober.model.check import Vantage, VantageKind
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Failure, Observed, Plan, Probe, ProbeKind
from prober.model.snapshot import Snapshot

TENANT, BANK = (Vantage(VantageKind.POD, space, "web-0") for space in ("tenant", "bank"))


def plan(vantage: Vantage, *ids: str) -> Plan:
    return Plan(vantage.id, tuple(Probe(name, ProbeKind.TCP, "198.18.1.2", 80) for name in ids))


def gathered(*items: Observed | Failure, first: Gathered | None = None) -> Gathered:
    all_of_it = first or Gathered()
    gathering = Gathering(all_of_it, [(TENANT, plan(TENANT, "t1", "t2")), (BANK, plan(BANK, "b1"))])
    for item in items:
        gathering.take(item)
    return all_of_it


def said(vantage: Vantage, probe: str, outcome: Outcome = Outcome.TIMEOUT) -> Observed:
    return Observed(vantage.id, Observation(probe, outcome))


class TestWhateverAFabricYields:
    def test_what_was_asked_for_counts(self) -> None:
        gathered_items = gathered(said(TENANT, "t1"), said(BANK, "b1", Outcome.OK))
        assert sorted(gathered_items.observations) == ["b1", "t1"]
        assert not gathered_items.failures

    @pytest.mark.parametrize("late", [False, True])
    def test_nobody_speaks_for_another_vantage(self, late: bool) -> None:
        own = said(BANK, "b1", Outcome.OK)
        forged = said(TENANT, "b1", Outcome.TIMEOUT)
        gathered_items = gathered(said(TENANT, "t1"), *((own, forged) if late else (forged, own)))
        assert gathered_items.observations == {"b1": own.observation}, (
            "and what the tenant said of itself is not believed either"
        )
        assert "probe 'b1', which it was not given" in gathered_items.failures[TENANT.id].message
        assert BANK.id not in gathered_items.failures

    def test_nobody_says_it_twice(self) -> None:
        gathered_items = gathered(
            said(TENANT, "t1"), said(TENANT, "t1", Outcome.OK), said(TENANT, "t2")
        )
        assert not gathered_items.observations
        assert "probe 't1', twice" in gathered_items.failures[TENANT.id].message

    def test_a_failure_takes_back_what_came_before_it_and_after(self) -> None:
        gathered_items = gathered(
            said(TENANT, "t1"), Failure(TENANT.id, "broken"), said(TENANT, "t2"), said(BANK, "b1")
        )
        assert sorted(gathered_items.observations) == ["b1"]
        assert gathered_items.failures == {TENANT.id: Failure(TENANT.id, "broken")}

    def test_a_vantage_that_was_asked_nothing_has_nothing_to_say(self) -> None:
        gathered_items = gathered(Observed("pod/evil/x", Observation("b1", Outcome.TIMEOUT)))
        assert not gathered_items.observations
        assert list(gathered_items.failures) == ["pod/evil/x"]

    def test_a_failure_leaves_what_an_earlier_wave_saw(self) -> None:
        first = Gathered({"a0": Observation("a0", Outcome.OK)})
        assert list(gathered(Failure(TENANT.id, "broken"), first=first).observations) == ["a0"]


async def from_log(*lines: bytes, asked: Plan) -> tuple[list[str], str]:
    state = {"phase": "Running", "containerStatuses": [{"name": "probe", "state": {"running": {}}}]}
    pod = Answer(body={"metadata": {"name": "p", "namespace": "tenant"}, "status": state})
    api, _ = api_of(lambda _, url: Answer(lines=lines) if "/log" in url else pod)
    items: list[str] = []
    try:
        async for observation in log_module.observations(api, "tenant", "p", asked):
            items.append(observation.probe)
    except BrokenStreamError as error:
        return items, str(error)
    return items, ""


async def test_a_probe_pods_log_cannot_speak_for_another_namespace() -> None:
    asked = sealed(plan(TENANT, "t1"))
    honest = encode_observation(Observation("t1", Outcome.OK), asked.nonce)
    forged = encode_observation(Observation("b1", Outcome.TIMEOUT), asked.nonce)
    assert await from_log(honest, encode_end(1, asked.nonce), asked=asked) == (["t1"], "")
    gathered_items, why = await from_log(honest, forged, encode_end(1, asked.nonce), asked=asked)
    assert "b1" not in gathered_items
    assert "probe 'b1', which this vantage was not given" in why


async def test_a_log_that_changes_when_it_is_read_again_is_no_log_of_an_agent() -> None:
    asked = sealed(plan(TENANT, "t1", "t2"))
    outcomes = iter([Outcome.TIMEOUT, Outcome.OK])
    state = {"phase": "Running", "containerStatuses": [{"name": "probe", "state": {"running": {}}}]}
    pod = Answer(body={"metadata": {"name": "p", "namespace": "tenant"}, "status": state})

    def answer(_: str, url: str) -> Answer:
        if "/log" not in url:
            return pod
        return Answer(lines=[encode_observation(Observation("t1", next(outcomes)), asked.nonce)])

    api, _ = api_of(answer)
    with pytest.raises(BrokenStreamError, match="said something else of probe 't1'"):
        async for _ in log_module.observations(api, "tenant", "p", asked):
            pass


LAPTOP = Vantage(VantageKind.OUTSIDE, "", "laptop")
_AGENT = "import json, sys; nonce = json.loads(sys.stdin.readline())['nonce']; "


async def here_says(monkeypatch: pytest.MonkeyPatch, program: str) -> Sequence[Observed | Failure]:
    monkeypatch.setattr(here, "COMMAND", (sys.executable, "-c", _AGENT + program))
    settings = replace(SETTINGS, outside={"laptop": []})
    api = Api(Connection(FakeCluster().client, "test", "https://203.0.113.1"), settings)
    way = here.LocalTransport(api, settings, Reading(Snapshot(), {}), "prober-1")
    return [item async for item in way.run([(LAPTOP, plan(LAPTOP, "1"))])]


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("print('{' * 100_000)", "lines that no agent writes"),
        ("sys.stdout.buffer.write(b'\\xff\\xfe\\n')", "lines that no agent writes"),
        ("print('x' * (4 << 20))", "a line of more than"),
        ("print(json.dumps({'type': 'end', 'probes': 1, 'nonce': nonce}))", "ends after 0 of 1"),
        (
            "print('hello'); print(json.dumps({'type': 'end', 'probes': 0, 'nonce': nonce}))",
            "hello",
        ),
    ],
)
async def test_a_child_that_says_something_else_is_this_vantages_failure(
    monkeypatch: pytest.MonkeyPatch, program: str, why: str
) -> None:
    (item,) = await here_says(monkeypatch, program)
    assert isinstance(item, Failure)
    assert item.vantage == LAPTOP.id
    assert why in item.message


async def test_a_child_that_answers_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    line = {"type": "observation", "observation": {"probe": "1", "outcome": "ok"}}
    program = (
        f"line = {json.loads(json.dumps(line))!r}; print(json.dumps(line | {{'nonce': nonce}}));"
    )
    program += "print(json.dumps({'type': 'end', 'probes': 1, 'nonce': nonce}))"
    (item,) = await here_says(monkeypatch, program)
    assert isinstance(item, Observed)


def _keeper(channel: socket.socket, lines: Callable[[str], list[bytes]]) -> None:
    """A keeper whose agent says something else."""
    message = control.receive(channel)
    assert message is not None
    plan_file, output, errors = message.files
    nonce = json.loads(control.read_all(plan_file))["nonce"]
    # Who breaks the protocol is not read any further.
    with contextlib.suppress(BrokenPipeError), os.fdopen(output, "wb") as stream:
        stream.writelines(line + b"\n" for line in lines(nonce))
    os.close(errors)
    control.send(channel, "exited", id=message.body["id"], code=0)


async def lab_says(lines: Callable[[str], list[bytes]]) -> list[Observed | Failure]:
    ours, theirs = control.pair()
    ours.setblocking(False)
    items: list[Observed | Failure] = []
    try:
        async with Runs(ours) as runs:
            answering = asyncio.create_task(asyncio.to_thread(_keeper, theirs, lines))
            await runs.run(TENANT.id, plan(TENANT, "t1"), items.append)
            await answering
    finally:
        ours.close()
        theirs.close()
    return items


async def test_a_process_of_the_lab_cannot_speak_for_another_vantage() -> None:
    def honest(nonce: str) -> list[bytes]:
        return [encode_observation(Observation("t1", Outcome.OK), nonce), encode_end(1, nonce)]

    def forged(nonce: str) -> list[bytes]:
        return [encode_observation(Observation("b1", Outcome.OK), nonce), *honest(nonce)]

    def long(nonce: str) -> list[bytes]:
        return [b"x" * (8 << 20), *honest(nonce)]

    (item,) = await lab_says(honest)
    assert isinstance(item, Observed)
    for lines, why in ((forged, "probe 'b1'"), (long, "a line of more"), (lambda _: [], "cut off")):
        (failure,) = await lab_says(lines)
        assert isinstance(failure, Failure)
        assert why in failure.message
