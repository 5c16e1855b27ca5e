"""One question to one DNS server, over UDP or TCP (RFC 1035 section 4.2), and how that ended."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from dataclasses import dataclass, replace

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype

from agent.evidence import classify
from agent.net import connect, datagram, sockets
from prober.model.outcome import DnsEvidence, IcmpEvidence, Outcome

_LONGEST = 65535
TIMEOUT, REFUSED, UNREACHABLE, MALFORMED = "timeout", "refused", "unreachable", "malformed"


@dataclass(frozen=True, slots=True)
class QueryResult:
    """How one server took one question."""

    evidence: DnsEvidence
    icmp: tuple[IcmpEvidence, ...] = ()
    """ICMP errors about the question's own packets."""
    errno: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how."""

    name: str
    """Absolute, with the dot at its end."""
    record: str
    port: int = 53
    transport: str = "udp"


def problem(question: Question) -> str:
    """Why nobody can be asked this; empty when everybody can."""
    try:
        dns.name.from_text(question.name)
    except (dns.exception.DNSException, UnicodeError) as error:
        return f"{question.name!r} cannot be a name: {error}"
    try:
        dns.rdatatype.from_text(question.record)
    except (dns.exception.DNSException, ValueError):
        return f"{question.record!r} is not a record type"
    return ""


async def ask(question: Question, server: str, deadline: float) -> QueryResult:
    """Ask and wait until `deadline` (loop time). A truncated answer is asked for again over TCP
    (RFC 7766, 5)."""
    query = dns.message.make_query(dns.name.from_text(question.name), question.record)
    if question.transport == "tcp":
        return await _over_tcp(question, query, server, deadline)
    result = await _over_udp(question, query, server, deadline)
    if not result.evidence.truncated:
        return result
    again = await _over_tcp(question, query, server, deadline)
    return replace(again, evidence=replace(again.evidence, truncated=True))


async def _over_udp(
    question: Question, query: dns.message.Message, server: str, deadline: float
) -> QueryResult:
    loop = asyncio.get_running_loop()
    wire = query.to_wire()
    # A lost packet must not look like a dead server: ask once more at half-time, and take the
    # answer to either.
    moments = [loop.time() + (deadline - loop.time()) / 2, deadline]
    try:
        opened = sockets.open_socket(sockets.family_of(server), socket.SOCK_DGRAM)
    except OSError as error:
        return _failed(question, server, "udp", error.errno or errno.EIO, ())
    with sockets.closing(opened) as sock:
        where = (server, question.port)
        got = await datagram.converse(
            sock, where, wire, moments, lambda data: _parse(data, query) is not None
        )
    message = _parse(got.reply, query) if got.reply else None
    if message is None:
        return _failed(question, server, "udp", got.errno, got.icmp)
    return QueryResult(_said(question, server, "udp", message))


async def _over_tcp(
    question: Question, query: dns.message.Message, server: str, deadline: float
) -> QueryResult:
    connection = await connect.over_tcp(server, question.port, deadline)
    if connection.sock is None:
        return _failed(question, server, "tcp", connection.errno, connection.icmp)
    wire = query.to_wire()
    with sockets.closing(connection.sock) as sock:
        try:
            sock.send(
                struct.pack("!H", len(wire)) + wire
            )  # a fresh socket's buffer holds a question
            header = await _read(sock, 2, deadline)
            body = await _read(sock, struct.unpack("!H", header)[0], deadline)
        except TimeoutError:
            return _failed(question, server, "tcp", 0, connection.icmp)
        except OSError as error:
            return _failed(question, server, "tcp", error.errno or errno.EIO, connection.icmp)
    message = _parse(body, query)
    if message is None:
        return QueryResult(DnsEvidence(question.name, server, "", transport="tcp", error=MALFORMED))
    return QueryResult(_said(question, server, "tcp", message))


async def _read(sock: socket.socket, length: int, deadline: float) -> bytes:
    try:
        return await sockets.received(
            sock, deadline, lambda data: len(data) == length, longest=length
        )
    except ConnectionResetError as error:
        raise ConnectionResetError(
            error.errno or errno.ECONNRESET, "closed in the middle of an answer"
        ) from error


def _parse(data: bytes, query: dns.message.Message) -> dns.message.Message | None:
    """The message, if it answers this question; None for anything else, which is not for us and is
    passed over."""
    try:
        message = dns.message.from_wire(data, ignore_trailing=True)
    except dns.message.Truncated as error:
        message = error.message()  # type: ignore[no-untyped-call]  # dnspython forgot to annotate this one
    except Exception:  # noqa: BLE001 - dnspython has its own errors, and lets others through for some malformed records
        return None
    return message if query.is_response(message) else None


def _said(
    question: Question, server: str, transport: str, message: dns.message.Message
) -> DnsEvidence:
    wanted = dns.rdatatype.from_text(question.record)
    answers = tuple(
        _text(item)
        for rrset in message.answer
        if wanted in (rrset.rdtype, dns.rdatatype.ANY)
        for item in rrset
    )
    return DnsEvidence(
        question.name,
        server,
        _rcode(message),
        answers,
        truncated=bool(message.flags & dns.flags.TC),
        transport=transport,
    )


def _text(item: dns.rdata.Rdata) -> str:
    """The record as text; as hexadecimal digits (RFC 3597) where it has no text form."""
    try:
        return item.to_text()
    except Exception:  # noqa: BLE001 - a record can be well-formed on the wire, and make no sense as text
        return item.to_generic().to_text()


def _rcode(message: dns.message.Message) -> str:
    try:
        return dns.rcode.to_text(message.rcode())
    except ValueError:  # with EDNS it has twelve bits, and few of the values have a name
        return str(int(message.rcode()))


def _failed(
    question: Question, server: str, transport: str, number: int, icmp: tuple[IcmpEvidence, ...]
) -> QueryResult:
    """Why there was no answer. A mere silence, and one that ends in a reset, are both no answer in
    time."""
    if icmp:
        outcome = classify.meaning(icmp[-1])[0]
    else:
        outcome = classify.of_errno(number).outcome if number else Outcome.TIMEOUT
    words = {Outcome.TIMEOUT: TIMEOUT, Outcome.UNREACHABLE: UNREACHABLE, Outcome.ERROR: UNREACHABLE}
    error = words.get(outcome, REFUSED)
    return QueryResult(
        DnsEvidence(question.name, server, "", transport=transport, error=error), icmp, number
    )
