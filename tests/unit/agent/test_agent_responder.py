"""The responder, in process, over loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.serving import certificate
from agent.serving.responder import HTTP_ANSWER, SSH_BANNER, BoundListener, Speech, serve

Ports = dict[str, int]


@pytest.fixture
async def ports() -> AsyncIterator[Ports]:
    """A port for everything that can be spoken."""
    listeners, found = [], {}
    for speaks in ("echo", "ssh", "http", "https", "tls", "udp-echo"):
        sock = socket.socket(
            socket.AF_INET, socket.SOCK_DGRAM if speaks == "udp-echo" else socket.SOCK_STREAM
        )
        sock.bind(("127.0.0.1", 0))
        found[speaks] = sock.getsockname()[1]
        listeners.append(BoundListener(sock, speaks))  # type: ignore[arg-type]  # the words of Speech
    task = asyncio.create_task(serve(listeners, names=("web.example", "127.0.0.1")))
    await asyncio.sleep(0.05)
    yield found
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def say(port: int, what: bytes = b"", context: ssl.SSLContext | None = None) -> bytes:
    """Everything that comes back until the other side is done, or the same amount as was said."""
    name = "web.example" if context else None
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname=name
    )
    writer.write(what)
    answer = await (
        reader.read(65536) if not what.startswith((b"GET", b"HEAD")) else reader.read(-1)
    )
    writer.close()
    return answer


def trusting() -> ssl.SSLContext:
    """A client that believes the responder's certificate only."""
    names = ("web.example", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    assert certificate.server_context(names) is certificate.server_context(names)
    return context


async def test_each_speaks_its_protocol(ports: Ports) -> None:
    assert await say(ports["echo"], b"hello") == b"hello"
    assert await say(ports["ssh"]) == SSH_BANNER
    assert await say(ports["http"], b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") == HTTP_ANSWER
    assert await say(ports["http"], b"HEAD / HTTP/1.1\r\n\r\n") == HTTP_ANSWER.removesuffix(
        b"prober\n"
    )
    assert await say(ports["https"], b"GET / HTTP/1.1\r\n\r\n", trusting()) == HTTP_ANSWER
    assert await say(ports["tls"], b"secret", trusting()) == b"secret"


async def test_datagrams_come_back(ports: Ports) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.connect(("127.0.0.1", ports["udp-echo"]))
        for payload in (b"one", b"two"):
            await loop.sock_sendall(sock, payload)
            assert await asyncio.wait_for(loop.sock_recv(sock, 100), 5) == payload


async def test_it_survives_scans_and_resets(ports: Ports) -> None:
    for speaks, port in ports.items():
        if speaks == "udp-echo":
            continue
        for noise in (b"", b"\x00\xff" * 50, b"GET / HTTP/1.1\r\n"):
            with socket.create_connection(("127.0.0.1", port)) as sock:
                sock.send(noise) if noise else None
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    assert await say(ports["http"], b"GET / HTTP/1.1\r\n\r\n") == HTTP_ANSWER
    assert await say(ports["tls"], b"still", trusting()) == b"still"


async def test_many_connections_at_once(ports: Ports) -> None:
    answers = await asyncio.gather(*(say(ports["echo"], b"x%d" % number) for number in range(300)))
    assert answers == [b"x%d" % number for number in range(300)]


def test_the_certificate_carries_the_names() -> None:
    from cryptography import x509

    pem = certificate.issued(("web.example", "198.18.0.9", "2001:db8::1"))
    names = (
        x509.load_pem_x509_certificate(pem)
        .extensions.get_extension_for_class(x509.SubjectAlternativeName)
        .value
    )
    assert names.get_values_for_type(x509.DNSName) == ["web.example"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == [
        "198.18.0.9",
        "2001:db8::1",
    ]


def test_the_command_line_says_what_is_wrong(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "agent.serving.responder"]
    root = Path(__file__).parents[3]
    nothing = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert (nothing.returncode, "name at least one port" in nothing.stderr) == (2, True)
    with socket.socket(socket.AF_INET6) as taken:
        taken.bind(("::", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        busy = subprocess.run(
            [*command, "--echo", port], capture_output=True, text=True, check=False, cwd=root
        )
    assert busy.returncode == 3
    assert busy.stderr.startswith("error: a port cannot be bound")


def test_every_word_has_a_protocol() -> None:
    from typing import get_args

    from agent.serving import responder

    assert set(get_args(Speech)) == {*responder._STREAMS, "udp-echo"}
