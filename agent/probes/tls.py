"""TLS: the handshake, and the certificate.

A certificate that a client would not accept is an `error` (unless `verify` is off), and so is a
handshake that fails in TLS: the network let every packet through, so no outcome of the network
would be true. The evidence has the alert.
"""

from __future__ import annotations

import asyncio
import dataclasses
import ssl

from agent.contract import Context
from agent.evidence import classify
from agent.net import connect, dial, handshake
from agent.net.handshake import Handshake
from agent.result import AttemptResult
from prober.model.outcome import Evidence, Outcome
from prober.model.probe import Probe


async def probe(probe: Probe, context: Context) -> AttemptResult:
    """Connect, shake hands, and judge the certificate."""
    deadline = asyncio.get_running_loop().time() + probe.timeout
    target = await dial.find_for(probe, context, deadline)
    if target.failure:
        return target.failure
    connection = await connect.over_tcp(target.address, probe.port, deadline)
    if connection.sock is None:
        return dial.failed(connection, target)
    shaken = await handshake.shake(
        connection.sock, (target.address, probe.port), probe.host, deadline, verify=probe.verify
    )
    phases = {**target.phases, "connect": connection.time_ms, "tls": shaken.time_ms}
    seen = Evidence(dns=target.dns, icmp=connection.icmp, local=connection.local)
    result = judge(
        AttemptResult(Outcome.OK, target.address, phases, seen),
        shaken,
        probe.host,
        verify=probe.verify,
    )
    if shaken.sock is not None:
        shaken.sock.close()
    return result


def judge(result: AttemptResult, shaken: Handshake, name: str, *, verify: bool) -> AttemptResult:
    """The result with what the handshake showed in it: still ok, or what was wrong."""
    notes = (*result.evidence.notes, *shaken.unread)
    seen = dataclasses.replace(result.evidence, tls=shaken.evidence, notes=notes)
    if shaken.failure is not None:
        reading = classify.of_stream(shaken.failure)
        number = 0 if isinstance(shaken.failure, ssl.SSLError) else shaken.failure.errno or 0
        seen = dataclasses.replace(seen, errno=classify.name_of(number))
        return dataclasses.replace(
            result, outcome=reading.outcome, evidence=seen, detail=reading.detail
        )
    complaint = handshake.complaint(shaken.evidence, name) if verify else ""
    outcome = Outcome.ERROR if complaint else result.outcome
    return dataclasses.replace(result, outcome=outcome, evidence=seen, detail=complaint)
