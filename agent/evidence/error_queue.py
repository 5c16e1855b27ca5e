"""What the wire said, as far as an unprivileged socket can know it: the error queue.

With IP_RECVERR (IPV6_RECVERR) set, the kernel keeps every ICMP error about a socket's own packets,
with its type, code and sender (ip(7), "IP_RECVERR"; `struct sock_extended_err` in
linux/errqueue.h). TCP sockets that are still connecting have it since Linux 5.8. With IP_RECVTTL
(IPV6_RECVHOPLIMIT) set as well, the error comes with the TTL it arrived with, which says how far
away its real sender is: NAT rewrites the sender's address, but not the TTL.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from prober.model.outcome import IcmpEvidence

IP_RECVTTL = 12
IP_RECVERR = 11
IPV6_RECVERR = 25
IPV6_RECVHOPLIMIT = 51
IPV6_HOPLIMIT = 52
"""From linux/in.h and linux/in6.h; the socket module does not name them all."""

_TTL = frozenset(
    {(socket.IPPROTO_IP, socket.IP_TTL), (socket.IPPROTO_IPV6, IPV6_HOPLIMIT)},
)
_ERROR = frozenset({(socket.IPPROTO_IP, IP_RECVERR), (socket.IPPROTO_IPV6, IPV6_RECVERR)})
"""Level and type of the control messages with the TTL, and with the error."""
_ADDRESSES = {int(socket.AF_INET): (4, 8), int(socket.AF_INET6): (8, 24)}
"""Where the address stands in a `sockaddr`, by its family."""
_INT = struct.Struct("=i")
_EXTENDED_ERROR = struct.Struct("=IBBBxII")
_ANCILLARY_BYTES = 512
_FIRST_KERNEL = (5, 8)


class Origin(IntEnum):
    """Who made a queued error (`SO_EE_ORIGIN_*`)."""

    LOCAL = 1
    """The vantage's own kernel, before anything was sent."""
    ICMP = 2
    ICMP6 = 3


@dataclass(frozen=True, slots=True)
class QueuedError:
    """One entry of a socket's error queue."""

    errno: int
    icmp: IcmpEvidence | None
    """None when the own kernel made it."""
    mtu: int = 0
    """Bytes; what the own kernel or the router said would fit, when size was the trouble."""


def watch(sock: socket.socket) -> None:
    """Ask the kernel to keep the ICMP errors about this socket's packets."""
    # Two options, because one alone is not enough to tell a rejection from a refusal through NAT:
    # the error says who is named as its sender, the TTL says from how far away it came. Both are
    # per socket and must be set before the first packet is sent.
    with contextlib.suppress(OSError):  # a sandbox without error queues: see `blind_spot`
        if sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
        else:
            sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
            sock.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)


def drain(sock: socket.socket) -> tuple[QueuedError, ...]:
    """Everything in the error queue, oldest first; it is empty afterwards."""
    queued: list[QueuedError] = []
    while True:
        try:
            # The data of the message, which would be the packet that the error is about, is not
            # wanted: one byte is read of it, and the kernel throws away the rest (MSG_TRUNC).
            _, ancillary, _, _ = sock.recvmsg(
                1, _ANCILLARY_BYTES, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT
            )
        except OSError:  # EAGAIN: empty
            return tuple(queued)
        error = parse(ancillary)
        if error is not None:
            queued.append(error)


def of_icmp(queued: Sequence[QueuedError]) -> tuple[IcmpEvidence, ...]:
    """Those of the queued errors that came as ICMP, in order."""
    return tuple(error.icmp for error in queued if error.icmp)


def parse(ancillary: Sequence[tuple[int, int, bytes]]) -> QueuedError | None:
    """The error in the control messages of one `recvmsg(MSG_ERRQUEUE)`; None when they hold
    none."""
    # The order of control messages is not promised, so both are looked for. A message of a kind
    # that is not known (a timestamp that somebody switched on for the whole machine) is passed
    # over.
    ttl, body = 0, b""
    for level, kind, data in ancillary:
        if (level, kind) in _TTL and len(data) >= _INT.size:
            ttl = int(_INT.unpack_from(data)[0]) & 0xFF
        elif (level, kind) in _ERROR:
            body = data
    if len(body) < _EXTENDED_ERROR.size:
        return None
    errno, origin, icmp_type, code, info, _ = _EXTENDED_ERROR.unpack_from(body)
    # A local error has no sender: the kernel itself would not send, for example because the packet
    # is larger than the link's MTU. For that one, EMSGSIZE, `info` is the MTU (ip(7),
    # "IP_RECVERR").
    if origin not in (Origin.ICMP, Origin.ICMP6):
        return QueuedError(errno, None, mtu=info)
    # Fragmentation needed (RFC 1191) and Packet Too Big (RFC 4443 section 3.2) carry the MTU of the
    # next link. In every other error the same four bytes are reserved, and mean nothing.
    mtu = info if (origin, icmp_type, code) in ((Origin.ICMP, 3, 4), (Origin.ICMP6, 2, 0)) else 0
    sender = _address(body[_EXTENDED_ERROR.size :])
    return QueuedError(errno, IcmpEvidence(icmp_type, code, sender, mtu=mtu, ttl=ttl), mtu=mtu)


def _address(sockaddr: bytes) -> str:
    """The offender, a `struct sockaddr_in` or `sockaddr_in6`; empty when the kernel did not know
    it."""
    family = struct.unpack_from("=H", sockaddr)[0] if len(sockaddr) >= 2 else 0
    first, last = _ADDRESSES.get(family, (0, 0))
    address = sockaddr[first:last]
    return socket.inet_ntop(family, address) if last and len(address) == last - first else ""


@functools.cache
def blind_spot() -> str:
    """Why this kernel cannot tell `refused` from `rejected`; empty when it can."""
    release = os.uname().release
    numbers = re.match(r"(\d+)\.(\d+)", release)
    if numbers and tuple(map(int, numbers.groups())) < _FIRST_KERNEL:
        return (
            f"kernel {release} keeps no ICMP errors of connecting sockets, so `refused` may be a "
            "rejection on the way"
        )
    return ""
