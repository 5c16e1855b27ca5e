"""UDP: one datagram, and what comes back. Silence proves nothing: most services answer only what they understand."""

from __future__ import annotations

import asyncio
import errno
import socket
from dataclasses import dataclass

from agent import classify, dial, evidence, routes, sockets
from agent.contract import AttemptResult, Context
from prober.model.outcome import Evidence, IcmpEvidence, Outcome
from prober.model.probe import Probe

PAYLOAD = "prober"
_LONGEST = 65535


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What one datagram brought: a reply, an error, or neither."""

    reply: bytes | None
    errno: int = 0
    icmp: tuple[IcmpEvidence, ...] = ()


async def probe(probe: Probe, context: Context) -> AttemptResult:
    """Send the payload and wait for a reply or an ICMP error."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + probe.timeout
    target = await dial.find_for(probe, context, deadline)
    if target.failure:
        return target.failure
    started = loop.time()
    try:
        opened = sockets.open_socket(sockets.family_of(target.address), socket.SOCK_DGRAM)
    except OSError as error:
        return AttemptResult(Outcome.ERROR, target.address, detail=f"no socket: {error.strerror}")
    with dial.closing(opened) as sock:
        payload = (probe.payload or PAYLOAD).encode()
        exchange = await _exchange(sock, (target.address, probe.port), payload, deadline)
        after = sockets.elapsed_ms(started)
        local = sockets.local_name(sock)
    seen = Evidence(errno=classify.name_of(exchange.errno), icmp=exchange.icmp, dns=target.dns, local=local)
    if exchange.reply is not None:
        phases = {**target.phases, "reply": after}
        return AttemptResult(Outcome.OK, target.address, phases, seen, f"{len(exchange.reply)} bytes came back")
    own = local.rpartition(":")[0].strip("[]")
    reading = classify.of_datagram(
        exchange.errno,
        exchange.icmp,
        target=target.address,
        own=own,
        after_ms=after,
        routed=bool(exchange.icmp) and routes.behind_gateway(target.address) is True,
    )
    return AttemptResult(reading.outcome, target.address, target.phases, seen, reading.detail)


async def _exchange(sock: socket.socket, where: tuple[str, int], payload: bytes, deadline: float) -> _Exchange:
    """Send and wait. The socket is connected, so only the target's own datagrams are taken for a reply."""
    try:
        sock.connect(where)
        sock.send(payload)
    except OSError as error:
        return _Exchange(None, error.errno or errno.EIO, evidence.of_icmp(evidence.drain(sock)))
    while await sockets.readable(sock, deadline):
        queued = evidence.drain(sock)  # emptying the queue also clears the errno that recv() would have raised
        if queued:
            return _Exchange(None, queued[-1].errno, evidence.of_icmp(queued))
        try:
            return _Exchange(sock.recv(_LONGEST))
        except BlockingIOError:
            continue
        except OSError as error:
            return _Exchange(None, error.errno or errno.EIO)
    return _Exchange(None)
