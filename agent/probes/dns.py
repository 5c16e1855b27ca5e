"""DNS: what the servers say about a name.

A name that exists without the wanted record is `dns-nxdomain` as well, with a sentence that says
so: to whoever needs the record, there is none, and calling it `ok` would be a green light for a
Service without addresses.
"""

from __future__ import annotations

import asyncio
import dataclasses
import ipaddress

from agent.contract import Context
from agent.net import sockets
from agent.net.resolver import Query
from agent.probes import prelude
from agent.result import AttemptResult
from prober.model.outcome import Evidence, Outcome
from prober.model.probe import Probe


async def probe(probe: Probe, context: Context) -> AttemptResult:
    """Ask the servers of resolv.conf, or the one that the probe names, with the vantage's search
    path."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    deadline = started + probe.timeout
    servers = context.resolver.config.servers
    if probe.server:
        target = await prelude.find(probe.server, context, deadline)
        if target.failure:
            detail = (
                f"the DNS server's own name {probe.server}: "
                f"{target.failure.detail or target.failure.outcome}"
            )
            return dataclasses.replace(target.failure, detail=detail)
        servers = (target.address,)
    query = Query(_name(probe), (probe.record.upper(),), servers, probe.port or 53, probe.transport)
    lookup = await context.resolver.look_up(query, deadline)
    address = lookup.dns[-1].server if lookup.dns else ""
    detail = ", ".join(lookup.answers) if lookup.outcome is Outcome.OK else lookup.detail
    phases = {"reply": sockets.elapsed_ms(started)}
    return AttemptResult(
        lookup.outcome, address, phases, Evidence(dns=lookup.dns, icmp=lookup.icmp), detail
    )


def _name(probe: Probe) -> str:
    """The name to ask for: an address with PTR stands for its reverse name (RFC 1035 section
    3.5)."""
    if probe.record.upper() == "PTR":
        try:
            return f"{ipaddress.ip_address(probe.host).reverse_pointer}."
        except ValueError:
            pass
    return probe.host
