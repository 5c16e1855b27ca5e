"""The other end: listeners that answer, for targets under control.

    python -m agent.serving.responder --echo 8080 --http 9090 --ssh 22 --udp-echo 5353 --https 8443
    --tls 8444

`serve` takes sockets that are bound already, so that one process can answer in hundreds of network
namespaces: a socket stays in the namespace that it was made in.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args

from agent.net import limits
from prober.model.errors import ExitCode

if TYPE_CHECKING:
    from agent.serving.certificate import Authority

Speech = Literal["echo", "ssh", "http", "https", "tls", "udp-echo", "grpc", "grpcs"]

SSH_BANNER = b"SSH-2.0-prober\r\n"
_BODY = b"prober\n"
HTTP_ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: prober\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)
)
_IDLE = 30.0
"""Seconds after which a connection is closed, whatever it does: a port scan must not fill the file
table."""
_LONGEST_REQUEST = 16384
_BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class BoundListener:
    """A socket that is bound (and, for TCP, may be listening already), and what is spoken there."""

    socket: socket.socket
    speaks: Speech


class _Connection(asyncio.Protocol):
    """One TCP connection, closed after a while whatever happens."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._limit = asyncio.get_running_loop().call_later(_IDLE, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._limit is not None:
            self._limit.cancel()

    def write(self, data: bytes) -> None:
        """Write to a peer that reads; one that only sends is not allowed to fill the memory."""
        if self.transport is None or self.transport.is_closing():
            return
        self.transport.write(data)
        if self.transport.get_write_buffer_size() > 1 << 20:
            self.transport.abort()


class _Echo(_Connection):
    """Sends back what comes."""

    def data_received(self, data: bytes) -> None:
        self.write(data)


class _Ssh(_Connection):
    """Speaks first, as an SSH server does (RFC 4253 section 4.2), and listens to nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.write(SSH_BANNER)


class _Http(_Connection):
    """Answers the first request with 200 and a short text, and closes."""

    def __init__(self) -> None:
        super().__init__()
        self._request = b""

    def data_received(self, data: bytes) -> None:
        self._request += data
        if self.transport is not None and (
            b"\r\n\r\n" in self._request or len(self._request) > _LONGEST_REQUEST
        ):
            head_only = self._request.startswith(b"HEAD ")
            self.write(HTTP_ANSWER.removesuffix(_BODY) if head_only else HTTP_ANSWER)
            self.transport.close()


class _Grpc(_Connection):
    """The health service of a gRPC server (HTTP/2 with prior knowledge, or over TLS)."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        from agent.serving.grpc_health import HealthService  # only these listeners need HTTP/2

        super().connection_made(transport)
        self._service = HealthService()

    def data_received(self, data: bytes) -> None:
        answer = self._service.receive(data)
        if answer is None:
            if self.transport is not None:
                self.transport.close()
        else:
            self.write(answer)


class _UdpEcho(asyncio.DatagramProtocol):
    """Sends each datagram back."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        self._transport.sendto(data, addr)


_STREAMS: Mapping[str, Callable[[], _Connection]] = {
    "echo": _Echo,
    "ssh": _Ssh,
    "http": _Http,
    "https": _Http,
    "tls": _Echo,
    "grpc": _Grpc,
    "grpcs": _Grpc,
}


ENCRYPTED = frozenset({"tls", "https", "grpcs"})
"""The speech that needs a certificate."""


async def serve(
    listeners: Sequence[BoundListener],
    *,
    names: Sequence[str] = (),
    authority: Authority | None = None,
) -> None:
    """Answer on all listeners until cancelled; then close them.

    `names` are the names and addresses in the certificate of the `tls` and `https` listeners, which
    is made when there is one of those, and signed by the authority if there is one.
    """
    limits.raise_file_limit()
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        for listener in listeners:
            listener.socket.setblocking(False)
            if listener.speaks == "udp-echo":
                transport, _ = await loop.create_datagram_endpoint(_UdpEcho, sock=listener.socket)
                stack.callback(transport.close)
                continue
            context = None
            if listener.speaks in ENCRYPTED:
                from agent.serving import certificate

                context = certificate.server_context(tuple(names), authority)
                if listener.speaks == "grpcs":
                    context.set_alpn_protocols(["h2"])
            protocol = _STREAMS[listener.speaks]
            server = await loop.create_server(
                protocol, sock=listener.socket, ssl=context, backlog=_BACKLOG
            )
            stack.callback(server.close)
        await loop.create_future()


def bind(speaks: Speech, port: int) -> BoundListener:
    """A listener on all addresses of this host, IPv6 too where there is any. Raises `OSError` when
    that cannot be."""
    kind = socket.SOCK_DGRAM if speaks == "udp-echo" else socket.SOCK_STREAM
    if socket.has_dualstack_ipv6():
        sock = socket.socket(socket.AF_INET6, kind)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        where = "::"
    else:
        sock = socket.socket(socket.AF_INET, kind)
        where = "0.0.0.0"  # noqa: S104 - a responder is there to be reached from everywhere
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((where, port))
    except OSError:
        sock.close()
        raise
    return BoundListener(sock, speaks)


def main(argv: Sequence[str] | None = None) -> int:
    """Bind what the command line names and answer until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(
        prog="agent.serving.responder", description="Answers probes, for targets under control."
    )
    for speaks in get_args(Speech):
        parser.add_argument(
            f"--{speaks}", type=int, action="append", default=[], metavar="PORT", dest=speaks
        )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="in the certificate of TLS ports",
    )
    options = parser.parse_args(argv)
    wanted = [(speaks, port) for speaks in get_args(Speech) for port in getattr(options, speaks)]
    if not wanted:
        parser.error("name at least one port, as in --http 8080")
    try:
        listeners = [bind(speaks, port) for speaks, port in wanted]
    except OSError as error:
        print(f"error: a port cannot be bound: {error}", file=sys.stderr)  # noqa: T201 - a person started this
        return int(ExitCode.UNKNOWN)
    asyncio.run(_serve_until_signal(listeners, options.name))
    return int(ExitCode.OK)


async def _serve_until_signal(listeners: Sequence[BoundListener], names: Sequence[str]) -> None:
    task = asyncio.ensure_future(serve(listeners, names=names))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    sys.exit(main())
