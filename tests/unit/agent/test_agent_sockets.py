"""Waiting for sockets: a timer that is heard first is not yet a timeout."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest

from agent.net import connect, datagram, sockets
from agent.probes import prelude


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    with one, other:
        one.setblocking(False)
        yield one, other


async def test_an_answer_that_came_while_the_loop_was_starved_is_not_a_timeout(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    one, other = pair
    loop = asyncio.get_running_loop()
    waiting = asyncio.ensure_future(sockets.readable(one, loop.time() + 0.01))
    await asyncio.sleep(0)
    other.send(b"in time")
    time.sleep(0.03)  # noqa: ASYNC251 - the loop is starved on purpose
    assert await waiting


async def test_an_answer_counts_even_when_the_deadline_is_long_past(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    one, other = pair
    other.send(b"there")
    assert await sockets.readable(one, asyncio.get_running_loop().time() - 10)


async def test_silence_is_a_timeout(pair: tuple[socket.socket, socket.socket]) -> None:
    one, _ = pair
    assert not await sockets.readable(one, asyncio.get_running_loop().time() + 0.01)
    with pytest.raises(TimeoutError):
        await sockets.patiently(one, lambda: one.recv(1), asyncio.get_running_loop().time() + 0.01)


async def test_nothing_stays_registered_with_the_loop(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    one, _ = pair
    waiting = asyncio.ensure_future(sockets.readable(one, asyncio.get_running_loop().time() + 60))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not asyncio.get_running_loop().remove_reader(one.fileno())


def test_local_names() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        assert sockets.local_name(sock) == ""
        sock.bind(("127.0.0.1", 0))
        assert sockets.local_name(sock) == f"127.0.0.1:{sock.getsockname()[1]}"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("198.18.0.9", "198.18.0.9"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("web.example", ""),
        ("198.18.0", ""),
        ("a\0b", ""),
        ("", ""),
    ],
)
def test_literal_addresses(host: str, address: str) -> None:
    assert sockets.literal_address(host) == address


@pytest.mark.parametrize(
    ("seconds", "moments"),
    [(0.5, [0.5]), (2.0, [1.0, 2.0]), (5.0, [1.0, 3.0, 5.0]), (8.0, [1.0, 3.0, 7.0, 8.0])],
)
def test_a_datagram_is_sent_again_as_a_syn_is(seconds: float, moments: list[float]) -> None:
    assert datagram.rounds(0.0, seconds) == moments


async def test_too_few_files_is_an_error_of_the_probe_not_of_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> socket.socket:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(sockets, "open_socket", full)
    connection = await connect.over_tcp("198.18.0.9", 80, 0.0)
    result = prelude.failed(connection, prelude.Target("198.18.0.9"))
    assert (result.outcome, result.detail) == ("error", "EMFILE: Too many open files")
