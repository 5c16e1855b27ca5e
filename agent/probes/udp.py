"""UDP: one datagram, and what comes back. Silence proves nothing: most services answer only what
they understand."""

from __future__ import annotations

import asyncio
import socket

from agent.contract import Context
from agent.evidence import classify
from agent.net import datagram, sockets
from agent.probes import prelude
from agent.result import AttemptResult
from prober.model.outcome import Evidence, Outcome
from prober.model.probe import Probe


async def probe(probe: Probe, context: Context) -> AttemptResult:
    """Send the payload and wait for a reply or an ICMP error."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + probe.timeout
    target = await prelude.find_for(probe, context, deadline)
    if target.failure:
        return target.failure
    started = loop.time()
    try:
        opened = sockets.open_socket(sockets.family_of(target.address), socket.SOCK_DGRAM)
    except OSError as error:
        return AttemptResult(Outcome.ERROR, target.address, detail=f"no socket: {error.strerror}")
    with sockets.closing(opened) as sock:
        payload = probe.datagram.encode()
        moments = datagram.rounds(started, deadline)
        answer = await datagram.converse(
            sock, (target.address, probe.port), payload, moments, lambda _: True
        )
        after = sockets.elapsed_ms(started)
        local = sockets.local_name(sock)
    seen = Evidence(
        errno=classify.name_of(answer.errno), icmp=answer.icmp, dns=target.dns, local=local
    )
    if answer.reply is not None:
        phases = {**target.phases, "reply": after}
        return AttemptResult(
            Outcome.OK, target.address, phases, seen, f"{len(answer.reply)} bytes came back"
        )
    own = local.rpartition(":")[0].strip("[]")
    suspect = any(icmp.sender == target.address and classify.is_fresh(icmp) for icmp in answer.icmp)
    beyond = suspect and await context.rst_origin.is_beyond_next_hop(target.address, probe.port)
    reading = classify.of_datagram(
        answer.errno, answer.icmp, target=target.address, own=own, after_ms=after, beyond=beyond
    )
    return AttemptResult(reading.outcome, target.address, target.phases, seen, reading.detail)
