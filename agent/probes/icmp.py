"""ICMP echo, and with a size whether a packet that large gets through.

A ping socket (icmp(7)) needs no privilege where `net.ipv4.ping_group_range` admits the process's
group, as container runtimes set it; a raw socket needs NET_RAW. Without either the probe is an
`error` that says so.

With a size, the packet must not be fragmented, so that a router with a smaller MTU says which (RFC
1191, RFC 8201): `rejected`, with the MTU in the evidence. A black hole, which says nothing, is a
`timeout`.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.contract import Context
from agent.evidence import classify
from agent.net import datagram, sockets
from agent.net.datagram import Answer
from agent.probes import prelude
from agent.result import AttemptResult
from prober.model.outcome import Evidence, Outcome
from prober.model.probe import Probe

_USUAL_SIZE = 56
_HEADER = struct.Struct("!BBHHH")
_REQUEST = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLY = {socket.AF_INET: 0, socket.AF_INET6: 129}
_IP_MTU_DISCOVER, _IPV6_MTU_DISCOVER, _IPV6_DONTFRAG = 10, 23, 62
_PROBE_MTU = 3
"""IP_PMTUDISC_PROBE: don't fragment, and do not trust what was learnt about the path before."""
_GROUPS = Path("/proc/sys/net/ipv4/ping_group_range")


@dataclass(frozen=True, slots=True)
class _Pinger:
    """A socket that may send echo requests."""

    sock: socket.socket
    raw: bool
    """It sees the IPv4 header, must sum up the packet itself, and hears the replies of other
    processes too."""


async def probe(probe: Probe, context: Context) -> AttemptResult:
    """Send one echo request and wait for its reply."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + probe.timeout
    target = await prelude.find_for(probe, context, deadline)
    if target.failure:
        return target.failure
    pinger = _open(sockets.family_of(target.address))
    if isinstance(pinger, str):
        return AttemptResult(
            Outcome.ERROR, target.address, target.phases, Evidence(dns=target.dns), pinger
        )
    started = loop.time()
    with sockets.closing(pinger.sock) as sock:
        answer = await _echo(pinger, target.address, probe.size, datagram.rounds(started, deadline))
        after, own = sockets.elapsed_ms(started), _own_address(sock)
    if answer.reply is not None:
        phases = {**target.phases, "reply": after}
        return AttemptResult(
            Outcome.OK, target.address, phases, Evidence(dns=target.dns, local=own)
        )
    number, icmp = answer.errno, answer.icmp
    seen = Evidence(errno=classify.name_of(number), icmp=icmp, dns=target.dns, local=own)
    # No router was involved: the packet is larger than the MTU of the vantage's own link, and
    # "don't fragment" forbids the kernel to split it.
    if number == errno.EMSGSIZE and not icmp:
        room = f"{answer.errors[-1].mtu} bytes" if answer.errors else "less"
        detail = f"the vantage's own link takes {room}, so the packet was not sent"
        return AttemptResult(Outcome.REJECTED, target.address, target.phases, seen, detail)
    reading = classify.of_connect(number, icmp, target=target.address, own=own, after_ms=after)
    return AttemptResult(reading.outcome, target.address, target.phases, seen, reading.detail)


def _open(family: socket.AddressFamily) -> _Pinger | str:
    """A socket that may ping, or why there is none."""
    protocol = socket.IPPROTO_ICMP if family == socket.AF_INET else socket.IPPROTO_ICMPV6
    # The ping socket first, although a raw one may be open to root: it needs no privilege, hears
    # only replies to its own requests, and the kernel does the checksum.
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            return _Pinger(sockets.open_socket(family, kind, protocol), raw=kind == socket.SOCK_RAW)
        except PermissionError:
            continue
        except OSError as error:
            return f"no socket: {error.strerror}"
    try:
        groups = " ".join(_GROUPS.read_text().split())
    except OSError:
        groups = "unknown"
    return (
        f"no right to send ICMP: group {os.getegid()} is not in net.ipv4.ping_group_range "
        f"({groups}), and there is no "
        "NET_RAW; set the sysctl to '0 2147483647' or use a TCP check"
    )


async def _echo(pinger: _Pinger, address: str, size: int, moments: Sequence[float]) -> Answer:
    """Send the request, and again while there is no reply to it."""
    sock = pinger.sock
    # The kernel of a ping socket replaces the identifier by its own, and a raw socket hears
    # everybody's replies, so neither identifier nor sequence number alone says that a reply is
    # ours. Eight random bytes in the payload do: RFC 792 has the target send the payload back
    # unchanged. They also keep a stale reply, to a request of an earlier probe, from being taken
    # for this one's.
    token = os.urandom(8)
    sequence = int.from_bytes(os.urandom(2), "big")
    packet = request(sock.family, sequence, token.ljust(max(size or _USUAL_SIZE, len(token)), b"."))
    with_ip_header = pinger.raw and sock.family == socket.AF_INET

    def ours(data: bytes) -> bool:
        return is_reply(sock.family, data, sequence, token, with_ip_header=with_ip_header)

    if size:
        _forbid_fragments(sock)
    return await datagram.converse(sock, (address, 0), packet, moments, ours)


def request(family: int, sequence: int, payload: bytes) -> bytes:
    """An echo request (RFC 792, RFC 4443 section 4.1). A ping socket puts its own identifier and
    checksum in."""
    identifier = os.getpid() & 0xFFFF
    head = _HEADER.pack(_REQUEST[socket.AddressFamily(family)], 0, 0, identifier, sequence)
    total = checksum(head + payload)
    return (
        _HEADER.pack(_REQUEST[socket.AddressFamily(family)], 0, total, identifier, sequence)
        + payload
    )


def is_reply(
    family: int, data: bytes, sequence: int, token: bytes, *, with_ip_header: bool
) -> bool:
    """Is this the reply to the request with that sequence number and token."""
    # Raw IPv4 sockets deliver the IP header, IPv6 ones do not (RFC 3542 section 3). Its length is
    # in its low four bits, in words of four bytes; options may follow the usual twenty bytes.
    if with_ip_header and data:
        data = data[(data[0] & 0x0F) * 4 :]
    if len(data) < _HEADER.size:
        return False
    kind, _, _, _, answered = _HEADER.unpack_from(data)
    same = answered == sequence and data[_HEADER.size :].startswith(token)
    return bool(kind == _REPLY[socket.AddressFamily(family)] and same)


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _forbid_fragments(sock: socket.socket) -> None:
    if sock.family == socket.AF_INET6:
        # PROBE and not DO: with DO the kernel would refuse to send what is larger than the path MTU
        # that some earlier packet found out, and the probe would test the cache instead of the
        # path.
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_MTU_DISCOVER, _PROBE_MTU)
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_DONTFRAG, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _PROBE_MTU)


def _own_address(sock: socket.socket) -> str:
    try:
        return str(sock.getsockname()[0])
    except OSError:
        return ""
