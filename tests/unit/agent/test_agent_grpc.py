"""The gRPC probe: what the health service says, and what it makes of servers that are none."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from agent.probes import grpc
from agent.probes.grpc import Answer, meaning, parse_url
from agent.runner import run_plan
from agent.serving import responder
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Plan, Probe, ProbeKind

SPEAKS: tuple[responder.Speech, ...] = ("grpc", "grpcs", "http", "ssh", "echo")
NOT_GRPC = "the server does not speak HTTP/2, which gRPC needs"


@pytest.fixture
async def ports() -> AsyncIterator[dict[str, int]]:
    """A responder on loopback: the port of each speech, and one where nobody listens."""
    sockets = {speaks: socket.create_server(("127.0.0.1", 0)) for speaks in SPEAKS}
    listeners = [responder.BoundListener(sock, speaks) for speaks, sock in sockets.items()]
    task = asyncio.ensure_future(responder.serve(listeners, names=["127.0.0.1"]))
    with socket.create_server(("127.0.0.1", 0)) as unused:
        nobody = unused.getsockname()[1]
    await asyncio.sleep(0)
    yield {speaks: sock.getsockname()[1] for speaks, sock in sockets.items()} | {"nobody": nobody}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def observed(url: str, *, verify: bool = True) -> Observation:
    probe = Probe("p", ProbeKind.GRPC, "127.0.0.1", url=url, timeout=2, verify=verify)
    seen: list[Observation] = []
    await run_plan(Plan("v", (probe,)), seen.append)
    return seen[0]


@pytest.mark.parametrize(
    ("where", "outcome", "detail"),
    [
        ("grpc://127.0.0.1:{grpc}", Outcome.OK, "SERVING"),
        ("grpc://127.0.0.1:{grpc}/serving", Outcome.OK, "SERVING"),
        ("grpc://127.0.0.1:{grpc}/down", Outcome.ERROR, "service 'down' is NOT_SERVING"),
        (
            "grpc://127.0.0.1:{grpc}/shop.Cart",
            Outcome.ERROR,
            "NOT_FOUND: the server does not know service 'shop.Cart'",
        ),
        ("grpc://127.0.0.1:{http}", Outcome.ERROR, NOT_GRPC),
        ("grpc://127.0.0.1:{ssh}", Outcome.ERROR, NOT_GRPC),
        ("grpc://127.0.0.1:{echo}", Outcome.ERROR, NOT_GRPC),
        ("grpc://127.0.0.1:{nobody}", Outcome.REFUSED, ""),
    ],
)
async def test_each_answer(
    ports: dict[str, int], where: str, outcome: Outcome, detail: str
) -> None:
    observation = await observed(where.format(**ports))
    assert observation.outcome is outcome
    assert detail in observation.attempts[-1].detail


async def test_over_tls_the_certificate_counts(ports: dict[str, int]) -> None:
    url = "grpcs://127.0.0.1:{grpcs}".format(**ports)
    trusting = await observed(url, verify=False)
    assert trusting.outcome is Outcome.OK
    assert set(trusting.phases) >= {"connect", "tls", "reply"}
    strict = await observed(url)
    assert strict.outcome is Outcome.ERROR
    assert "certificate" in strict.attempts[-1].detail


async def test_a_server_without_tls_fails_in_the_handshake(ports: dict[str, int]) -> None:
    observation = await observed("grpcs://127.0.0.1:{grpc}".format(**ports), verify=False)
    assert observation.outcome in (Outcome.ERROR, Outcome.RESET)
    assert "connect" in observation.phases


@pytest.mark.parametrize(
    ("answer", "service", "outcome", "words"),
    [
        (Answer(200, 12, None), "", Outcome.ERROR, "UNIMPLEMENTED: the server has no"),
        (Answer(200, 14, None), "", Outcome.ERROR, "the server answered UNAVAILABLE"),
        (Answer(200, 999, None), "", Outcome.ERROR, "the server answered 999"),
        (Answer(404, None, None), "", Outcome.ERROR, "HTTP status 404: no gRPC server"),
        (Answer(200, None, None), "", Outcome.ERROR, "is not one of the health service"),
        (Answer(200, 0, 0), "", Outcome.ERROR, "the server is UNKNOWN"),
        (Answer(200, 0, 77), "a", Outcome.ERROR, "service 'a' is 77"),
        (Answer(200, 0, 1), "a", Outcome.OK, "SERVING"),
    ],
)
def test_what_an_answer_means(answer: Answer, service: str, outcome: Outcome, words: str) -> None:
    assert meaning(answer, service)[0] is outcome
    assert words in meaning(answer, service)[1]


@pytest.mark.parametrize(
    ("data", "health"),
    [
        (b"", None),
        (b"\x00\x00\x00\x00\x00", 0),
        (b"\x00\x00\x00\x00\x02\x08\x01", 1),
        (b"\x01\x00\x00\x00\x02\x08\x01", None),
        (b"\x00\xff\xff\xff\xff\x08\x01", 1),
        (b"\x00\x00\x00\x00\x03\x08\x81\x01", None),
        (b"\x00\x00\x00\x00\x02\x10\x01", None),
    ],
)
def test_a_message_is_read_or_is_none(data: bytes, health: int | None) -> None:
    assert grpc.health(data) == health


def test_a_service_of_any_length_is_asked_for() -> None:
    assert grpc.request("") == b""
    assert grpc.request("ab") == b"\x0a\x02ab"
    assert grpc.request("x" * 200)[:3] == b"\x0a\xc8\x01"


@pytest.mark.parametrize("url", ["http://a:1", "grpc://a", "grpc://:80", "grpc://a:99999", "grpc"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"URL|port|Port"):
        parse_url(url)


async def answering(reply: bytes) -> AsyncIterator[int]:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        await writer.drain()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"


@pytest.mark.parametrize(
    "reply",
    [
        SETTINGS + b"\x00\x00\x08\x07\x00" + bytes(12),  # GOAWAY
        SETTINGS + b"\x00\x00\x04\x03\x00\x00\x00\x00\x01" + bytes(4),  # RST_STREAM
        SETTINGS + b"\x00\x00\x01\x01\x04\x00\x00\x00\x01\xff",  # headers that are none
        SETTINGS + b"\x00\x00\x05\x00\x00\x00\x00\x00\x63hello",  # of a stream that is none
        b"\x00\x00\x00\x04" * 50,
    ],
)
async def test_a_hostile_server_is_an_error_and_nothing_worse(reply: bytes) -> None:

    async for port in answering(reply):
        observation = await observed(f"grpc://127.0.0.1:{port}")
        assert observation.outcome in (Outcome.ERROR, Outcome.RESET)
        assert "connect" in observation.phases
