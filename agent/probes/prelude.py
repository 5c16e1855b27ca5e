"""What every protocol does before it speaks: from a name to an address, and over TCP to a connected
socket, with everything that was seen on the way.

A step that comes to nothing gives the try's result, which a probe returns as it is:

    dialled = await prelude.dial(probe, context, deadline)
    if isinstance(dialled, AttemptResult):
        return dialled
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.contract import Context
from agent.evidence import classify, error_queue
from agent.net import connect, sockets
from agent.net.connect import Connection
from agent.result import AttemptResult
from prober.model.outcome import DnsEvidence, Evidence, Outcome
from prober.model.probe import Probe


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and how that was found out."""

    address: str
    """Empty when the name did not resolve: then `failure` says why."""
    phases: Mapping[str, float] = field(default_factory=dict)
    dns: tuple[DnsEvidence, ...] = ()
    failure: AttemptResult | None = None


@dataclass(frozen=True, slots=True)
class Dialled:
    """A connection that came about. The probe closes its socket."""

    sock: socket.socket
    result: AttemptResult
    """`ok` so far: the address, the phases and the evidence up to the connect."""


async def find(
    host: str, context: Context, deadline: float, *, family: str = "", address: str = ""
) -> Target:
    """The address of `host` for this try (`address` if that is given). A retry takes the next one,
    as clients do."""
    literal = address or sockets.literal_address(host)
    if literal:
        return Target(literal)
    started = asyncio.get_running_loop().time()
    lookup = await context.resolver.addresses(host, family, deadline, attempt=context.attempt)
    phases = {"resolve": sockets.elapsed_ms(started)}
    if lookup.answers:
        return Target(lookup.answers[context.attempt % len(lookup.answers)], phases, lookup.dns)
    seen = Evidence(dns=lookup.dns, icmp=lookup.icmp)
    return Target(
        "", phases, lookup.dns, AttemptResult(lookup.outcome, "", phases, seen, lookup.detail)
    )


async def find_for(probe: Probe, context: Context, deadline: float) -> Target:
    """The address of the probe's own host."""
    return await find(probe.host, context, deadline, family=probe.family, address=probe.address)


async def dial(probe: Probe, context: Context, deadline: float) -> Dialled | AttemptResult:
    """A TCP connection to the probe's own host and port."""
    return await dial_to(
        probe.host, probe.port, context, deadline, family=probe.family, address=probe.address
    )


async def dial_to(
    host: str, port: int, context: Context, deadline: float, *, family: str, address: str = ""
) -> Dialled | AttemptResult:
    """A TCP connection to a host, by `deadline` (loop time); `address` as in `find`."""
    target = await find(host, context, deadline, family=family, address=address)
    if target.failure:
        return target.failure
    connection = await connect.over_tcp(target.address, port, deadline)
    if connection.sock is None:
        return failed(connection, target)
    phases = {**target.phases, "connect": connection.time_ms}
    seen = Evidence(dns=target.dns, icmp=connection.icmp, local=connection.local)
    result = AttemptResult(Outcome.OK, target.address, phases, seen)
    return Dialled(connection.sock, result)


def failed(connection: Connection, target: Target) -> AttemptResult:
    """What a connect that did not come about means."""
    own = connection.local.rpartition(":")[0].strip("[]")
    reading = classify.of_connect(
        connection.errno,
        connection.icmp,
        target=target.address,
        own=own,
        after_ms=connection.time_ms,
    )
    blind = error_queue.blind_spot() if reading.outcome is Outcome.REFUSED else ""
    seen = Evidence(
        errno=classify.name_of(connection.errno),
        icmp=connection.icmp,
        dns=target.dns,
        local=connection.local,
        notes=(blind,) if blind else (),
    )
    phases = {**target.phases, "connect": connection.time_ms}
    return AttemptResult(
        reading.outcome, target.address, phases, seen, reading.detail, connection.port
    )
