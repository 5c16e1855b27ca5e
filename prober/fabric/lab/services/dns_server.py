"""The lab's DNS servers on the wire: UDP and TCP, with forwarding. Only the process that serves
imports this."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import dns.exception
import dns.message
import dns.opcode
import dns.rcode
import dns.rrset

from prober.fabric.lab.services.catalogue import Catalogue, failure, over_udp, question

if TYPE_CHECKING:
    from dns.message import Message, QueryMessage

_PATIENCE = 2.0
"""Seconds to wait for the server outside, for each of two tries: less than the five that a client
waits for us."""
_TRIES = 2
_IDLE = 30.0
_REVERSE = (".in-addr.arpa", ".ip6.arpa")


class Forwarder(asyncio.DatagramProtocol):
    """Asks one server outside, from one namespace."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[bytes]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(
            asyncio.DatagramTransport, transport
        )  # Python 3.11's is one, but not by inheritance

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        waiting = self._waiting.get(int.from_bytes(data[:2], "big"))
        if waiting is not None and not waiting.done():
            waiting.set_result(data)

    def error_received(self, exc: Exception) -> None:
        """An ICMP error is about some query, nobody knows which: each of them runs into its own
        timeout."""

    async def ask(self, query: bytes) -> bytes | None:
        """The answer with the query's own id, or None."""
        for _ in range(_TRIES):
            # An id of our own for every query: two clients may have chosen the same one, and their
            # answers would be mixed up.
            number = random.getrandbits(16)
            while number in self._waiting:
                number = random.getrandbits(16)
            answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            self._waiting[number] = answer
            try:
                self._transport.sendto(number.to_bytes(2, "big") + query[2:])
                async with asyncio.timeout(_PATIENCE):
                    return query[:2] + (await answer)[2:]
            except (TimeoutError, OSError):
                continue
            finally:
                del self._waiting[number]
        return None


@dataclass
class Responder:
    """Answers queries from a catalogue; asks the forwarders for the rest, where there are some."""

    catalogue: Catalogue
    forwarders: Sequence[Forwarder] = ()
    inward: Sequence[Forwarder] = ()
    """Whom to ask for names of the catalogue's own zone and for names of addresses: a cache
    does."""
    _cache: dict[tuple[bytes, bool], bytes] = field(default_factory=dict)
    """Query without its id, over UDP or not → response without its id. The lab's names never
    change."""

    async def respond(self, wire: bytes, *, udp: bool) -> bytes | None:
        """The response to a query, or None when it is none."""
        cached = self._cache.get((wire[2:], udp))
        if cached is not None:
            return wire[:2] + cached
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        # No answer at all, not even FORMERR: a packet that is no query may be an answer with a
        # forged source, and two servers that answer each other's answers never stop.
        if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
            return None
        response = await self._answer(query, wire)
        packet = over_udp(response, query) if udp else response.to_wire()
        # A failure is not kept: the fault that caused it may be switched off in the next moment.
        if response.rcode() != dns.rcode.SERVFAIL:
            self._cache[wire[2:], udp] = packet[2:]
        return packet

    async def _answer(self, query: Message, wire: bytes) -> QueryMessage:
        name, kind = question(query)
        if self.inward and (self.catalogue.answers_for(name) or name.endswith(_REVERSE)):
            return await _forward(wire, self.inward) or failure(query)
        if not self.forwarders or self.catalogue.answers_for(name):
            response = self.catalogue.respond(query)
            target = self.catalogue.alias(name)
            if (
                self.forwarders
                and target
                and kind != "CNAME"
                and not self.catalogue.answers_for(target)
            ):
                await self._chase(response, target, kind)
            return response
        return await _forward(wire, self.forwarders) or failure(query)

    async def _chase(self, response: QueryMessage, target: str, kind: str) -> None:
        """An ExternalName Service: the alias together with what it stands for."""
        answer = await _forward(
            dns.message.make_query(f"{target}.", kind).to_wire(), self.forwarders
        )
        if answer is None:
            response.set_rcode(dns.rcode.SERVFAIL)
        else:
            response.answer.extend(answer.answer)
            response.set_rcode(answer.rcode())


async def _forward(wire: bytes, forwarders: Sequence[Forwarder]) -> QueryMessage | None:
    """The first answer of the servers, asked one after the other."""
    for forwarder in forwarders:
        answer = await forwarder.ask(wire)
        if answer is not None:
            with contextlib.suppress(dns.exception.DNSException):
                response = dns.message.from_wire(answer)
                if isinstance(response, dns.message.QueryMessage):
                    return response
    return None


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, responder: Responder) -> None:
        self._responder = responder
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(
            asyncio.DatagramTransport, transport
        )  # Python 3.11's is one, but not by inheritance

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        task = asyncio.create_task(self._respond(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _respond(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        response = await self._responder.respond(data, udp=True)
        if response is not None:
            self._transport.sendto(response, addr)


async def _converse(
    responder: Responder, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """One TCP connection: messages with their length before them (RFC 1035 section 4.2.2), until
    the client is done."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
        while True:
            async with asyncio.timeout(_IDLE):
                length = int.from_bytes(await reader.readexactly(2), "big")
                query = await reader.readexactly(length)
            response = await responder.respond(query, udp=False)
            if response is None:
                break
            writer.write(len(response).to_bytes(2, "big") + response)
            await writer.drain()
    writer.close()


async def serve(responder: Responder, sockets: Sequence[socket.socket]) -> None:
    """Answer on bound sockets, UDP and TCP, until cancelled."""
    loop = asyncio.get_running_loop()
    for bound in sockets:
        if bound.type == socket.SOCK_DGRAM:
            await loop.create_datagram_endpoint(lambda: _Datagrams(responder), sock=bound)
        else:
            await asyncio.start_server(
                lambda r, w: _converse(responder, r, w), sock=bound, backlog=1024
            )
    await loop.create_future()


async def forwarders(upstreams: Sequence[socket.socket]) -> list[Forwarder]:
    """A forwarder on each connected socket."""
    loop = asyncio.get_running_loop()
    return [
        (await loop.create_datagram_endpoint(Forwarder, sock=upstream))[1] for upstream in upstreams
    ]
