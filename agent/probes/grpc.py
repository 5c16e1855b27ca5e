"""gRPC: what the standard health service says of a server, or of one of its services.

The question is `grpc.health.v1.Health/Check` (the gRPC health checking protocol,
https://github.com/grpc/grpc/blob/master/doc/health-checking.md), over HTTP/2 with prior knowledge
for `grpc://`, and over TLS with ALPN for `grpcs://`. The path of the URL names the service; without
one the server as a whole is asked for.

`ok` is SERVING. Every other answer came through the network as well, so it is an `error` with what
the server said: NOT_SERVING, a service that it does not know (NOT_FOUND), a server without the
health service (UNIMPLEMENTED), or one that does not speak HTTP/2 at all.

HTTP/2's frames and header compression are h2's business; the two messages of the health service
are one field each, so they are written and read here (protobuf wire format,
https://protobuf.dev/programming-guides/encoding/).
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.exceptions import H2Error

from agent.contract import Context
from agent.evidence import classify
from agent.net import sockets
from agent.probes import prelude, tls
from agent.result import AttemptResult
from prober.model.outcome import Outcome
from prober.model.probe import Probe

SERVING = 1
STATUSES = {0: "UNKNOWN", SERVING: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"}
"""`HealthCheckResponse.ServingStatus`."""
_NOT_FOUND, _UNIMPLEMENTED = 5, 12
_CODES = {
    1: "CANCELLED",
    2: "UNKNOWN",
    3: "INVALID_ARGUMENT",
    4: "DEADLINE_EXCEEDED",
    _NOT_FOUND: "NOT_FOUND",
    7: "PERMISSION_DENIED",
    8: "RESOURCE_EXHAUSTED",
    _UNIMPLEMENTED: "UNIMPLEMENTED",
    13: "INTERNAL",
    14: "UNAVAILABLE",
    16: "UNAUTHENTICATED",
}
"""The status codes that servers send (https://grpc.github.io/grpc/core/md_doc_statuscodes.html)."""
PATH = "/grpc.health.v1.Health/Check"
NOT_HTTP2 = "the server does not speak HTTP/2, which gRPC needs"
_FRAME_HEAD, _FRAME_TYPE, _SETTINGS = 9, 3, b"\x04"
_LONGEST_ANSWER = 65536
"""Bytes that are read of an answer; a health response has two."""


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a URL means."""

    host: str
    port: int
    secure: bool
    service: str
    """Empty: the server as a whole."""


def parse_url(url: str) -> Site:
    """`grpc://HOST:PORT[/SERVICE]` or `grpcs://…`. Raises `ValueError` for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in ("grpc", "grpcs") or not parts.hostname:
        raise ValueError(f"{url!r} is not a URL of a gRPC server")
    if not parts.port:
        raise ValueError(f"{url!r} names no port")
    service = unquote(parts.path.removeprefix("/"))
    return Site(parts.hostname, parts.port, parts.scheme == "grpcs", service)


async def probe(probe: Probe, context: Context) -> AttemptResult:
    """Connect, perhaps shake hands, and ask for the health."""
    deadline = asyncio.get_running_loop().time() + probe.timeout
    try:
        site = parse_url(probe.url)
    except ValueError as error:
        return AttemptResult(Outcome.ERROR, probe.address, detail=str(error))
    dialled = await prelude.dial_to(
        site.host, site.port, context, deadline, family=probe.family, address=probe.address
    )
    if isinstance(dialled, AttemptResult):
        return dialled
    sock, result = dialled.sock, dialled.result
    if site.secure:
        peer = (result.address, site.port)
        result, over_tls = await tls.secured(
            dialled, peer, site.host, deadline, verify=probe.verify, http2=True
        )
        if over_tls is None:
            return result
        sock = over_tls
    with sockets.closing(sock):
        return await _ask(sock, site, result, deadline)


async def _ask(
    sock: socket.socket, site: Site, result: AttemptResult, deadline: float
) -> AttemptResult:
    """The call. Its phase is there however it ends: the connection it went over was made."""
    started = asyncio.get_running_loop().time()
    outcome, detail, errno = await _called(sock, site, deadline)
    phases = {**result.phases, "reply": sockets.elapsed_ms(started)}
    seen = dataclasses.replace(result.evidence, errno=errno) if errno else result.evidence
    return dataclasses.replace(result, outcome=outcome, detail=detail, phases=phases, evidence=seen)


async def _called(sock: socket.socket, site: Site, deadline: float) -> tuple[Outcome, str, str]:
    """The outcome, the sentence about it, and the name of the errno that ended it."""
    try:
        answer = await _Call(sock, deadline).check(site)
    except H2Error:
        return Outcome.ERROR, NOT_HTTP2, ""
    except _Broken as broken:
        return broken.outcome, str(broken), ""
    except OSError as error:
        reading = classify.of_stream(error)
        number = 0 if isinstance(error, ssl.SSLError) else error.errno or 0
        return reading.outcome, reading.detail, classify.name_of(number)
    return (*meaning(answer, site.service), "")


class _Broken(Exception):  # noqa: N818 - it is no error of ours: the conversation ended early
    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    http_status: int = 0
    """0: none was understood."""
    grpc_status: int | None = None
    """None: the server sent none."""
    health: int | None = None
    """`ServingStatus`; None where there was no message."""


def meaning(answer: Answer, service: str) -> tuple[Outcome, str]:
    """The outcome of an answer, and the sentence about it."""
    whom = f"service {service!r}" if service else "the server"
    if answer.http_status != 200:
        return Outcome.ERROR, f"HTTP status {answer.http_status}: no gRPC server answers here"
    if answer.grpc_status == _UNIMPLEMENTED:
        return Outcome.ERROR, "UNIMPLEMENTED: the server has no grpc.health.v1 health service"
    if answer.grpc_status == _NOT_FOUND:
        return Outcome.ERROR, f"NOT_FOUND: the server does not know {whom}"
    if answer.grpc_status:
        code = _CODES.get(answer.grpc_status, str(answer.grpc_status))
        return Outcome.ERROR, f"the server answered {code}"
    if answer.health is None:
        return Outcome.ERROR, "the answer is not one of the health service"
    status = STATUSES.get(answer.health, str(answer.health))
    if answer.health == SERVING:
        return Outcome.OK, status
    return Outcome.ERROR, f"{whom} is {status}"


class _Call:
    """One call on a connection of its own."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self._h2 = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self._headers: dict[str, str] = {}
        self._body = b""
        self._first = b""
        self._done = False

    async def check(self, site: Site) -> Answer:
        """Raises `OSError`, `H2Error` and `_Broken`."""
        self.ask(site)
        await self._flush()
        late = False
        while not self._done:
            if late:  # who always has a byte more to say gains no time
                raise TimeoutError
            data = await sockets.patiently(
                self._sock, lambda: self._sock.recv(_LONGEST_ANSWER), self._deadline
            )
            if not data:
                raise _Broken(Outcome.RESET, "the server closed the connection without an answer")
            self.receive(data)
            await self._flush()
            late = time.monotonic() >= self._deadline
        return self._answer()

    def ask(self, site: Site) -> None:
        """Have the call ready to be sent."""
        self._h2.initiate_connection()
        stream = self._h2.get_next_available_stream_id()
        host = f"[{site.host}]" if ":" in site.host else site.host
        headers = [
            (":method", "POST"),
            (":scheme", "https" if site.secure else "http"),
            (":path", PATH),
            (":authority", f"{host}:{site.port}"),
            ("te", "trailers"),
            ("content-type", "application/grpc"),
            ("user-agent", "prober"),
        ]
        self._h2.send_headers(stream, headers)
        self._h2.send_data(stream, message(request(site.service)), end_stream=True)

    def receive(self, data: bytes) -> None:
        """Take in what the server sent. Raises `H2Error` and `_Broken`."""
        self._greeted(data)
        for event in self._h2.receive_data(data):
            self._take(event)

    def _greeted(self, data: bytes) -> None:
        """The first frame of a server is SETTINGS (RFC 9113 section 3.4). Other protocols' first
        words read as the head of a very long frame, and h2 would wait for the rest of it."""
        if self._first:
            return
        self._first = data[:_FRAME_HEAD]
        if data[_FRAME_TYPE : _FRAME_TYPE + 1] not in (b"", _SETTINGS):
            raise _Broken(Outcome.ERROR, NOT_HTTP2)

    async def _flush(self) -> None:
        data = self._h2.data_to_send()
        while data:
            sent = await sockets.patiently(
                self._sock, functools.partial(self._sock.send, data), self._deadline
            )
            data = data[sent:]

    def _take(self, event: Event) -> None:
        if isinstance(event, ResponseReceived | TrailersReceived):
            # As bytes: the server may send what is no UTF-8, and h2 would raise that.
            for name, value in event.headers:
                self._headers[_text(name)] = _text(value)
        elif isinstance(event, DataReceived):
            self._body += event.data
            if len(self._body) > _LONGEST_ANSWER:
                raise _Broken(Outcome.ERROR, "the answer is far too long for a health response")
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            self._done = True
        elif isinstance(event, StreamReset | ConnectionTerminated):
            raise _Broken(Outcome.ERROR, f"the server ended the call (HTTP/2 {event.error_code})")

    def _answer(self) -> Answer:
        status = self._headers.get("grpc-status", "")
        return Answer(
            _number(self._headers.get(":status", "")) or 0, _number(status), health(self._body)
        )


def _text(word: bytes | str) -> str:
    return word.decode("latin-1") if isinstance(word, bytes) else word


def _number(text: str) -> int | None:
    """Small and decimal, or nothing: it was sent by whoever listens there."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def request(service: str) -> bytes:
    """`HealthCheckRequest{service = 1}`; the default, an empty string, is not written."""
    name = service.encode()
    return b"\x0a" + _varint(len(name)) + name if name else b""


def message(body: bytes) -> bytes:
    """A length-prefixed message, not compressed (gRPC over HTTP/2)."""
    return b"\x00" + len(body).to_bytes(4, "big") + body


def health(data: bytes) -> int | None:
    """`HealthCheckResponse{status = 1}` out of a length-prefixed message; None: it is none.

    UNKNOWN is 0, which protobuf leaves out: an empty message means it.
    """
    if len(data) < 5 or data[0] != 0:
        return None
    body = data[5 : 5 + int.from_bytes(data[1:5], "big")]
    if not body:
        return 0
    return body[1] if len(body) == 2 and body[0] == 0x08 and body[1] < 0x80 else None


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])
