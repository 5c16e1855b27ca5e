"""From a name to an address to connect to, with everything that was seen on the way.

What every protocol does before it speaks, and what it says when it comes to nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.contract import Context
from agent.evidence import classify, error_queue
from agent.net import sockets
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
