"""Non-blocking sockets on the event loop: opened with their error queue, and waited for with a
deadline."""

from __future__ import annotations

import contextlib
import functools
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TypeVar

from agent.evidence import error_queue
from agent.net import readiness

T = TypeVar("T")

READABLE = select.POLLIN
WRITABLE = select.POLLOUT


def family_of(address: str) -> socket.AddressFamily:
    """AF_INET6 for an address with a colon, else AF_INET."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def literal_address(host: str) -> str:
    """The host, if it is an address (also in brackets, as in URLs; also with a scope, as in
    fe80::1%eth0); else empty.

    A tenth of the time that `ipaddress` takes, which counts when there are thousands.
    """
    bare = host.removeprefix("[").removesuffix("]")
    family = family_of(bare)
    try:  # only an IPv6 address may have a scope
        socket.inet_pton(family, bare.partition("%")[0] if family == socket.AF_INET6 else bare)
    except (OSError, ValueError):  # ValueError: a NUL in it
        return ""
    return bare


SOURCE: ContextVar[str] = ContextVar("source", default="")
"""The address that this task's sockets send from; empty: the kernel chooses. It belongs to a probe,
and every probe is a task of its own."""


def open_socket(
    family: socket.AddressFamily, kind: socket.SocketKind, protocol: int = 0
) -> socket.socket:
    """A non-blocking socket whose ICMP errors are kept, bound to `SOURCE` where that is of its
    family. Raises `OSError` when there are no files left, or the vantage has no such address."""
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        error_queue.watch(sock)
        source = SOURCE.get()
        if source and family_of(source) is family:
            sock.bind((source, 0))
    except OSError:
        sock.close()
        raise
    return sock


def local_name(sock: socket.socket) -> str:
    """The socket's own address and port, as in `198.18.0.5:41022` or `[2001:db8::5]:41022`; empty
    while it has none."""
    with contextlib.suppress(OSError):
        address, port, *_ = sock.getsockname()
        if port:
            return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return ""


@contextlib.contextmanager
def closing(sock: socket.socket) -> Iterator[socket.socket]:
    """Close the socket at the end, and never complain about how."""
    try:
        yield sock
    finally:
        with contextlib.suppress(OSError):
            sock.close()


async def readable(sock: socket.socket, deadline: float) -> bool:
    """Wait until there is something to read (or an error to collect). False: nothing came by
    `deadline` (loop time)."""
    return await _ready(sock, READABLE, deadline)


async def writable(sock: socket.socket, deadline: float) -> bool:
    """Wait until the socket can be written to, is connected, or has an error. False: not by
    `deadline` (loop time)."""
    return await _ready(sock, WRITABLE, deadline)


async def _ready(sock: socket.socket, events: int, deadline: float) -> bool:
    await readiness.of_running_loop().wait(sock.fileno(), events, deadline)
    # Look at the socket itself, whoever woke us: after a starved loop the timer may be the first to
    # be heard, with the answer already there, and that is not a timeout.
    return has(sock, events)


async def patiently(sock: socket.socket, action: Callable[[], T], deadline: float) -> T:
    """Do something with a socket (plain or TLS), and wait wherever it would have to wait.

    Raises `TimeoutError` when that is not done by `deadline` (loop time), and what the action
    raises. A peer that keeps something coming, byte by byte, gains one more look at what is there
    already, and no more time.
    """
    late = False
    while True:
        try:
            return action()
        except (BlockingIOError, ssl.SSLWantReadError):
            ready = await readable(sock, deadline)
        except ssl.SSLWantWriteError:
            ready = await writable(sock, deadline)
        if late or not ready:
            raise TimeoutError
        late = time.monotonic() >= deadline


async def received(
    sock: socket.socket,
    deadline: float,
    is_complete: Callable[[bytes], bool],
    *,
    longest: int,
    piece: int = 0,
) -> bytes:
    """What the peer sends, until that `is_complete`, at most `longest` bytes; `piece` is the most
    to read at once.

    Raises `TimeoutError` when it is not complete by `deadline` (loop time), however steadily it
    comes, and `ConnectionResetError` without an errno when the peer ends before that.
    """
    data = b""
    while not is_complete(data) and len(data) < longest:
        if data and time.monotonic() >= deadline:
            raise TimeoutError
        room = min(longest - len(data), piece or longest)
        more = await patiently(sock, functools.partial(sock.recv, room), deadline)
        if not more:
            raise ConnectionResetError(0, "closed")
        data += more
    return data


def has(sock: socket.socket, events: int) -> bool:
    """Is one of `events`, or an error, pending on the socket right now."""
    poll = select.poll()
    poll.register(sock, events)
    return bool(poll.poll(0))


def elapsed_ms(start: float) -> float:
    """Milliseconds since `start`, on the clock of the event loop."""
    return round((time.monotonic() - start) * 1000, 3)
