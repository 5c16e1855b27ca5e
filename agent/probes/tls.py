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
from agent.net import handshake
from agent.net.handshake import Handshake
from agent.probes import prelude
from agent.probes.prelude import Dialled
from agent.result import AttemptResult
from prober.model.outcome import Outcome
from prober.model.probe import Probe


async def probe(probe: Probe, context: Context) -> AttemptResult:
    """Connect, shake hands, and judge the certificate."""
    deadline = asyncio.get_running_loop().time() + probe.timeout
    dialled = await prelude.dial(probe, context, deadline)
    if isinstance(dialled, AttemptResult):
        return dialled
    peer = (dialled.result.address, probe.port)
    result, sock = await secured(dialled, peer, probe.host, deadline, verify=probe.verify)
    if sock is not None:
        sock.close()
    return result


async def secured(
    dialled: Dialled,
    peer: tuple[str, int] | None,
    name: str,
    deadline: float,
    *,
    verify: bool,
    http2: bool = False,
) -> tuple[AttemptResult, ssl.SSLSocket | None]:
    """TLS over a connection, as a client of `name`: the result so far, and the secured socket,
    which the caller closes. None when it may not be used: the result says why.

    `peer` is where an untrusted certificate is read from, over a second connection; None: nowhere.
    """
    shaken = await handshake.shake(dialled.sock, peer, name, deadline, verify=verify, http2=http2)
    phases = {**dialled.result.phases, "tls": shaken.time_ms}
    result = dataclasses.replace(dialled.result, phases=phases)
    result = judge(result, shaken, name, verify=verify)
    if shaken.sock is not None and result.outcome is not Outcome.OK:
        shaken.sock.close()
        return result, None
    return result, shaken.sock


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
