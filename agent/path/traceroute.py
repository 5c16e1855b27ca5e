"""A traceroute made of ordinary TCP connects, without privileges.

A router that lets a packet's TTL run out says so to the sender, and the error queue says which
router it was. So it ends where the packet was dropped, or where somebody answered for it: if
the source's node answers for TTL 1 and nobody for TTL 2, the source's side dropped it; if the
target's node answers too, the target's side did. And a RST that comes from a smaller TTL than the
target is away is not the target's.
"""

from __future__ import annotations

import asyncio

from agent.evidence import classify
from agent.net import connect
from agent.net.limits import TRACEROUTE_SOCKETS
from prober.model.outcome import Hop, Outcome

WAIT = 1.3
"""Seconds for each TTL. The kernel repeats a SYN after one second (RFC 6298), and routers limit the
errors they send to about one a second, so this gives each TTL a second chance."""
_KINDS = {
    Outcome.REFUSED: "refused",
    Outcome.REJECTED: "rejected",
    Outcome.RESET: "connected",
    Outcome.UNREACHABLE: "unreachable",
}


async def trace(address: str, port: int, *, furthest: int = TRACEROUTE_SOCKETS) -> tuple[Hop, ...]:
    """One connect for each TTL from 1 to `furthest`, all at once; cut off after the first that
    somebody ended."""
    # All TTLs at once, where traceroute(8) sends a few at a time: a walk is only made where packets
    # vanished, so most steps would wait for their timeout, and thirty timeouts one after another
    # are longer than the whole run. One deadline for all also means that the steps are comparable.
    #
    # A connect for each, and not one socket whose TTL is changed: a SYN that is sent again keeps
    # its socket's TTL, and the error queue belongs to one socket, so an error says by itself which
    # TTL it is about.
    deadline = asyncio.get_running_loop().time() + WAIT
    steps = await asyncio.gather(
        *(_step(address, port, ttl, deadline) for ttl in range(1, furthest + 1))
    )
    return trim(steps)


def trim(steps: list[Hop]) -> tuple[Hop, ...]:
    """Without what lies behind the first end, and with one silent step where only silence
    follows."""
    # Where the target answers for TTL 5, it also answers for 6, 7 and so on: what lies behind the
    # first end is the same host again.
    for index, step in enumerate(steps):
        if step.kind not in ("time-exceeded", "silent"):
            return tuple(steps[: index + 1])
    # One silent step is kept as the statement that nobody answered from there on; thirty of them
    # would say nothing more.
    heard = max((index for index, step in enumerate(steps) if step.kind != "silent"), default=-1)
    return tuple(steps[: heard + 2])


async def _step(address: str, port: int, ttl: int, deadline: float) -> Hop:
    connection = await connect.over_tcp(address, port, deadline, ttl=ttl)
    if connection.sock is not None:
        connection.sock.close()
        return Hop(ttl, address, "connected", connection.time_ms)
    # Before the other errors: while a connect waits, a router may report the first SYN and a
    # firewall the one that the kernel sent again.
    for icmp in connection.icmp:
        if classify.is_time_exceeded(icmp):
            return Hop(ttl, icmp.sender, "time-exceeded", connection.time_ms)
    if not connection.errno and not connection.icmp:
        return Hop(ttl, "", "silent")
    reading = classify.of_connect(
        connection.errno, connection.icmp, target=address, own="", after_ms=connection.time_ms
    )
    sender = connection.icmp[-1].sender if connection.icmp else address
    return Hop(ttl, sender, _KINDS.get(reading.outcome, "silent"), connection.time_ms)
