"""A TCP connect, with the ICMP errors that came of it.

Every protocol over TCP starts here, so that `refused` and `rejected` are told apart for HTTP and
TLS as well.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from dataclasses import dataclass

from agent.evidence import error_queue
from agent.net import sockets
from prober.model.outcome import IcmpEvidence

_ESTABLISHED_OR_LATER = frozenset({1, 4, 5, 6, 8, 9, 11})
"""TCP states (linux/tcp_states.h) of a connection that has been made: the other side may be closing
it already."""
_CLOSED = 7
_TCP_INFO = 11
_IP_MINTTL, _IPV6_MINHOPCOUNT = 21, 73
"""From linux/in.h and linux/in6.h; the socket module does not name them."""


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


async def over_tcp(
    address: str, port: int, deadline: float, *, ttl: int = 0, least_ttl: int = 0
) -> Connection:
    """Connect over TCP until `deadline` (loop time). The caller closes the socket.

    Where they are not 0, `ttl` is what the packets are sent with, and answers that arrive with less
    than `least_ttl` are ignored.
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
    # The errno of a connect that is still going on says nothing about the target, and must not be
    # printed as if it did.
    silent = number == errno.EINPROGRESS
    return Connection(
        None if number else sock,
        0 if silent else number,
        icmp,
        local,
        sockets.elapsed_ms(started),
        port,
    )


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
    """The errno at the end (0: connected, EINPROGRESS: still nothing) and the ICMP errors that
    came."""
    icmp: tuple[IcmpEvidence, ...] = ()
    try:
        number = sock.connect_ex((address, port))
    except OSError as error:  # such as a scope that does not exist
        return error.errno or errno.EINVAL, icmp
    if number == errno.EINPROGRESS and _is_made(sock):
        return 0, icmp  # a neighbour's answer is often there before the call returns
    while number == errno.EINPROGRESS:
        if not await sockets.writable(sock, deadline):
            break  # the error queue is empty too: an entry in it makes the socket ready
        # An ICMP error that comes while the socket is in use does not end the connect (the kernel
        # takes it for "soft") but stays in the queue: when nothing else comes, this was a rejection
        # and not mere silence.
        # tcp_v4_err() ends the connect at once, unless a system call owns the socket just then; in
        # that case it notes a soft error and goes on (net/ipv4/tcp_ipv4.c). So whether ECONNREFUSED
        # or a timeout follows the same ICMP error is a matter of microseconds. To keep the errors,
        # and let them decide in `classify`, makes both the same outcome.
        icmp += error_queue.of_icmp(error_queue.drain(sock))
        number = _state(sock)
    return number, icmp


def _is_made(sock: socket.socket) -> bool:
    """Whether the connection is there already. Takes no error away, as `_state` does."""
    return sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0] in _ESTABLISHED_OR_LATER


def _state(sock: socket.socket) -> int:
    """0 once connected, EINPROGRESS while not, else the errno that ended it.

    Writable is not enough: a soft error makes the socket look ready while it is still connecting.
    """
    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        return number
    state = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0]
    # The target may have accepted, written its banner and closed before the loop looked: the socket
    # is then in CLOSE_WAIT or beyond, and the connection was made all the same.
    if state in _ESTABLISHED_OR_LATER:
        return 0
    return errno.ECONNABORTED if state == _CLOSED else errno.EINPROGRESS
