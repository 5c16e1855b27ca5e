"""From a name to a connected socket, with everything that was seen on the way.

Every protocol over TCP starts here, so that `refused` and `rejected` are told apart for HTTP and TLS as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent import classify, evidence, sockets
from agent.contract import AttemptResult, Context
from prober.model.outcome import DnsEvidence, Evidence, IcmpEvidence, Outcome
from prober.model.probe import Probe

_ESTABLISHED_OR_LATER = frozenset({1, 4, 5, 6, 8, 9, 11})
"""TCP states (linux/tcp_states.h) of a connection that has been made: the other side may be closing it already."""
_CLOSED = 7
_TCP_INFO = 11
_IP_MINTTL, _IPV6_MINHOPCOUNT = 21, 73
"""From linux/in.h and linux/in6.h; the socket module does not name them."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and how that was found out."""

    address: str
    """Empty when the name did not resolve: then `failure` says why."""
    phases: Mapping[str, float] = field(default_factory=dict)
    dns: tuple[DnsEvidence, ...] = ()
    failure: AttemptResult | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """One connect: the socket if it came about, else what stood against it."""

    sock: socket.socket | None
    errno: int = 0
    """0 with a socket, and 0 when nothing came back in time."""
    icmp: tuple[IcmpEvidence, ...] = ()
    local: str = ""
    time_ms: float = 0.0
    port: int = 0


async def find(host: str, context: Context, deadline: float, *, family: str = "", address: str = "") -> Target:
    """The address of `host` for this try (`address` if that is given). A retry takes the next one, as clients do."""
    literal = address or literal_address(host)
    if literal:
        return Target(literal)
    started = asyncio.get_running_loop().time()
    lookup = await context.resolver.addresses(host, family, deadline, attempt=context.attempt)
    phases = {"resolve": sockets.elapsed_ms(started)}
    if lookup.answers:
        return Target(lookup.answers[context.attempt % len(lookup.answers)], phases, lookup.dns)
    seen = Evidence(dns=lookup.dns, icmp=lookup.icmp)
    return Target("", phases, lookup.dns, AttemptResult(lookup.outcome, "", phases, seen, lookup.detail))


async def find_for(probe: Probe, context: Context, deadline: float) -> Target:
    """The address of the probe's own host."""
    return await find(probe.host, context, deadline, family=probe.family, address=probe.address)


def literal_address(host: str) -> str:
    """The host, if it is an address (also in brackets, as in URLs; also with a scope, as in fe80::1%eth0); else empty.

    A tenth of the time that `ipaddress` takes, which counts when there are thousands.
    """
    bare = host.removeprefix("[").removesuffix("]")
    try:
        socket.inet_pton(sockets.family_of(bare), bare.partition("%")[0])
    except (OSError, ValueError):  # ValueError: a NUL in it
        return ""
    return bare


async def connect(address: str, port: int, deadline: float, *, ttl: int = 0, least_ttl: int = 0) -> Connection:
    """Connect over TCP until `deadline` (loop time). The caller closes the socket.

    Where they are not 0, `ttl` is what the packets are sent with, and answers that arrive with less than `least_ttl`
    are ignored.
    """
    started = asyncio.get_running_loop().time()
    try:
        sock = sockets.open_socket(sockets.family_of(address), socket.SOCK_STREAM)
    except OSError as error:
        return Connection(None, error.errno or errno.EIO)
    number, local = errno.ECANCELED, ""
    icmp: tuple[IcmpEvidence, ...] = ()
    try:
        if ttl or least_ttl:
            _set_hops(sock, ttl, least_ttl)
        number, icmp = await _connect(sock, address, port, deadline)
        local = sockets.local_name(sock)
    finally:
        if number:
            sock.close()
    silent = number == errno.EINPROGRESS
    return Connection(None if number else sock, 0 if silent else number, icmp, local, sockets.elapsed_ms(started), port)


def _set_hops(sock: socket.socket, ttl: int, least_ttl: int) -> None:
    six = sock.family == socket.AF_INET6
    level = socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP
    if ttl:
        sock.setsockopt(level, socket.IPV6_UNICAST_HOPS if six else socket.IP_TTL, ttl)
    if least_ttl:
        sock.setsockopt(level, _IPV6_MINHOPCOUNT if six else _IP_MINTTL, least_ttl)


async def _connect(
    sock: socket.socket, address: str, port: int, deadline: float
) -> tuple[int, tuple[IcmpEvidence, ...]]:
    """The errno at the end (0: connected, EINPROGRESS: still nothing) and the ICMP errors that came."""
    icmp: tuple[IcmpEvidence, ...] = ()
    try:
        number = sock.connect_ex((address, port))
    except OSError as error:  # such as a scope that does not exist
        return error.errno or errno.EINVAL, icmp
    while number == errno.EINPROGRESS:
        if not await sockets.writable(sock, deadline):
            break  # the error queue is empty too: an entry in it makes the socket ready
        # An ICMP error that comes while the socket is in use does not end the connect (the kernel takes it for "soft")
        # but stays in the queue: when nothing else comes, this was a rejection and not mere silence.
        icmp += evidence.of_icmp(evidence.drain(sock))
        number = _state(sock)
    return number, icmp


def _state(sock: socket.socket) -> int:
    """0 once connected, EINPROGRESS while not, else the errno that ended it.

    Writable is not enough: a soft error makes the socket look ready while it is still connecting.
    """
    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        return number
    state = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0]
    if state in _ESTABLISHED_OR_LATER:
        return 0
    return errno.ECONNABORTED if state == _CLOSED else errno.EINPROGRESS


def failed(connection: Connection, target: Target) -> AttemptResult:
    """What a connect that did not come about means."""
    own = connection.local.rpartition(":")[0].strip("[]")
    reading = classify.of_connect(
        connection.errno, connection.icmp, target=target.address, own=own, after_ms=connection.time_ms
    )
    blind = evidence.blind_spot() if reading.outcome is Outcome.REFUSED else ""
    seen = Evidence(
        errno=classify.name_of(connection.errno),
        icmp=connection.icmp,
        dns=target.dns,
        local=connection.local,
        notes=(blind,) if blind else (),
    )
    phases = {**target.phases, "connect": connection.time_ms}
    return AttemptResult(reading.outcome, target.address, phases, seen, reading.detail, connection.port)


@contextlib.contextmanager
def closing(sock: socket.socket) -> Iterator[socket.socket]:
    """Close the socket at the end, and never complain about how."""
    try:
        yield sock
    finally:
        with contextlib.suppress(OSError):
            sock.close()
