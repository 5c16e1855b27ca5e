"""Plans through agents: the websocket as an API server speaks it, over loopback, and what becomes
of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from kube_fakes import SETTINGS
from test_kube_agents import NODE, OTHER, WEB, agent, reading

from agent.entering.request import decode_request
from agent.wire import decode_plan, encode_end, encode_failure, encode_observation
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.client.streams import Item
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.transports import agent_exec
from prober.fabric.kubernetes.transports.agent_exec import AgentTransport
from prober.model.check import Vantage
from prober.model.errors import FabricError
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Failure, Observed, Plan, Probe, ProbeKind

STDOUT, STDERR, ERROR = b"\x01", b"\x02", b"\x03"
SUCCESS = ERROR + b'{"status":"Success"}'
Behaviour = Callable[[web.WebSocketResponse, bytes], Awaitable[None]]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_exec, "_PAUSE", 0.0)


class ApiServer:
    """Answers execs as `behaviour` does, when it has read the one line; the first ones with an
    error."""

    def __init__(self, behaviour: Behaviour, refusals: list[int] | None = None) -> None:
        self.behaviour = behaviour
        self.refusals = refusals or []
        self.queries: list[list[tuple[str, str]]] = []
        self.paths: list[str] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(request.path)
        self.queries.append(list(request.query.items()))
        if self.refusals:
            return web.json_response({"kind": "Status"}, status=self.refusals.pop(0))
        socket = web.WebSocketResponse(protocols=("v5.channel.k8s.io",))
        await socket.prepare(request)
        line = b""
        while not line.endswith(b"\n"):
            frame = await socket.receive_bytes()
            assert frame[:1] == b"\x00"
            assert len(frame) <= 32_769
            line += frame[1:]
        await self.behaviour(socket, line)
        await socket.close()
        return socket

    @asynccontextmanager
    async def api(self) -> AsyncIterator[Api]:
        from kubernetes.aio.client import ApiClient, Configuration

        application = web.Application()
        application.router.add_get("/{path:.*}", self.handle)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with Api(
            Connection(ApiClient(Configuration(host=server)), "test", server), SETTINGS
        ) as api:
            yield api
        await runner.cleanup()


async def all_ok(socket: web.WebSocketResponse, line: bytes) -> None:
    """Every probe is ok; the bytes come in pieces that are no lines."""
    text = b""
    for number, visit in enumerate(decode_request(line)):
        plan = decode_plan(bytes(visit.plan))
        lines = [
            encode_observation(Observation(one.id, Outcome.OK), plan.nonce) for one in plan.probes
        ]
        text += b"".join(
            b"%d %b\n" % (number, one) for one in (*lines, encode_end(len(lines), plan.nonce))
        )
    for start in range(0, len(text), 7):
        await socket.send_bytes(STDOUT + text[start : start + 7])
    await socket.send_bytes(SUCCESS)


def nonces(line: bytes) -> list[str]:
    """What the answers to the visits in a line carry."""
    return [decode_plan(bytes(visit.plan)).nonce for visit in decode_request(line)]


async def run(
    server: ApiServer, *vantages: Vantage, probes: int = 2, found: Reading | None = None
) -> list[Item]:
    plan = tuple(Probe(str(n), ProbeKind.TCP, "198.18.1.3", 80) for n in range(probes))
    async with server.api() as api:
        way = AgentTransport(api, SETTINGS, found or reading(agent(enters=True)), "prober-1")
        return [item async for item in way.run([(one, Plan(one.id, plan)) for one in vantages])]


def observed(items: list[Item]) -> list[tuple[str, str]]:
    return sorted(
        (one.vantage, one.observation.probe) for one in items if isinstance(one, Observed)
    )


def failures(items: list[Item]) -> list[Failure]:
    return [one for one in items if isinstance(one, Failure)]


async def test_one_exec_serves_all_vantages_of_a_node() -> None:
    server = ApiServer(all_ok)
    items = await run(server, WEB, NODE, probes=2_000)
    assert len(observed(items)) == 4_000
    assert not failures(items)
    assert server.paths == ["/api/v1/namespaces/prober/pods/agent-1/exec"]
    assert [value for key, value in server.queries[0] if key == "command"] == [
        "python3",
        "-m",
        "agent",
        "visit",
    ]
    assert ("container", "agent") in server.queries[0]


async def test_a_vantage_without_an_agent_does_not_disturb_the_others() -> None:
    items = await run(ApiServer(all_ok), WEB, OTHER)
    assert observed(items) == [(WEB.id, "0"), (WEB.id, "1")]
    assert [one.vantage for one in failures(items)] == [OTHER.id]


async def test_a_busy_api_server_is_asked_again() -> None:
    assert len(observed(await run(ApiServer(all_ok, refusals=[500, 503]), WEB))) == 2


async def test_a_missing_right_is_said_with_the_command_that_checks_it() -> None:
    (failure,) = failures(await run(ApiServer(all_ok, refusals=[403]), WEB))
    assert "not allowed to get pods/exec agent-1 in namespace prober" in failure.message
    assert "kubectl auth can-i get pods --subresource=exec -n prober" in failure.hint


async def test_what_was_cut_off_is_a_failure_and_what_came_is_kept() -> None:
    async def half(socket: web.WebSocketResponse, line: bytes) -> None:
        (nonce,) = nonces(line)
        await socket.send_bytes(
            STDOUT + b"0 " + encode_observation(Observation("0", Outcome.OK), nonce) + b"\n"
        )

    items = await run(ApiServer(half), WEB)
    assert observed(items) == [(WEB.id, "0")]
    assert "ended before this plan did; 1 of 2 probes had ended" in failures(items)[0].message


async def test_the_failure_of_one_visit_is_its_own() -> None:
    async def one_fails(socket: web.WebSocketResponse, line: bytes) -> None:
        _, nonce = nonces(line)
        rest = [encode_observation(Observation(name, Outcome.OK), nonce) for name in "01"]
        words = [
            b"0 " + encode_failure("the pod was replaced", "run again"),
            *(b"1 " + one for one in rest),
        ]
        await socket.send_bytes(STDOUT + b"\n".join([*words, b"1 " + encode_end(2, nonce), b""]))
        await socket.send_bytes(SUCCESS)

    items = await run(ApiServer(one_fails), WEB, NODE)
    assert failures(items) == [Failure(WEB.id, "the pod was replaced", "run again")]
    assert observed(items) == [(NODE.id, "0"), (NODE.id, "1")]


async def test_an_image_that_is_not_the_agent_is_said() -> None:
    async def no_module(socket: web.WebSocketResponse, line: bytes) -> None:
        await socket.send_bytes(STDERR + b"python3: No module named agent.__main__\n")
        status = {"status": "Failure", "message": "command terminated with non-zero exit code: 1"}
        await socket.send_bytes(ERROR + json.dumps(status).encode())

    (failure,) = failures(await run(ApiServer(no_module), WEB))
    assert "No module named agent.__main__" in failure.message
    assert "of the same release" in failure.hint


async def test_without_any_agent_there_is_one_sentence() -> None:
    with pytest.raises(FabricError, match="no agent that is ready") as caught:
        await run(ApiServer(all_ok), WEB, found=reading())
    assert "prober install" in caught.value.hint


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (b"0 \xff\xfe", "no agent writes"),
        (b"0 " + b"[" * 50_000, "no agent writes"),
        (b"0 " + b"x" * 300_000, "a line of more than"),
        (b"0 GET /healthz 200", "GET /healthz 200"),
    ],
)
async def test_a_visit_that_says_something_else_fails_alone(wrong: bytes, why: str) -> None:
    async def speak(socket: web.WebSocketResponse, line: bytes) -> None:
        web_nonce, node_nonce = nonces(line)
        honest = [encode_observation(Observation(name, Outcome.OK), node_nonce) for name in "01"]
        first = encode_observation(Observation("0", Outcome.OK), web_nonce)
        words = [
            b"0 " + first,
            wrong,
            *(b"1 " + one for one in (*honest, encode_end(2, node_nonce))),
            b"",
        ]
        await socket.send_bytes(STDOUT + b"\n".join(words))
        await socket.send_bytes(SUCCESS)

    items = await run(ApiServer(speak), WEB, NODE)
    (failure,) = failures(items)
    assert (failure.vantage, why in failure.message) == (WEB.id, True)
    assert observed(items)[:2] == [(NODE.id, "0"), (NODE.id, "1")]


@pytest.mark.parametrize(
    "wrong", [b"GET /healthz 200", b"7 {}", b"99999999999999999999 {}", b'{"type": "end"}', b""]
)
async def test_a_line_that_is_no_visits_is_a_failure_of_all_of_them(wrong: bytes) -> None:
    async def speak(socket: web.WebSocketResponse, line: bytes) -> None:
        text = [
            b"%d %b" % (number, encode_end(2, nonce)) for number, nonce in enumerate(nonces(line))
        ]
        await socket.send_bytes(STDOUT + b"\n".join([wrong, *text, b""]))
        await socket.send_bytes(SUCCESS)

    items = await run(ApiServer(speak), WEB, NODE)
    assert sorted(one.vantage for one in failures(items)) == sorted([WEB.id, NODE.id])
    assert not observed(items)
