"""One file a protocol, one function type, one table.

- tcp    connect, and what the server says first
- udp    one datagram and its answer; silence proves nothing
- dns    what each server says about a name
- icmp   echo, with or without don't-fragment
- http   status; also over TLS
- tls    handshake, and the certificate
- grpc   what the standard health service says

`prelude` is what they do before they speak: name, address, TCP connect. A protocol is imported when
it is first wanted: a plan of TCP probes loads none of the libraries of the others.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

from agent.contract import Context, ProbeFunction
from agent.result import AttemptResult
from prober.model.probe import Probe, ProbeKind


@functools.cache
def load(kind: ProbeKind) -> ModuleType:
    """Import the module that speaks this protocol."""
    return import_module(f"agent.probes.{kind.value}")


def _late(kind: ProbeKind) -> ProbeFunction:
    async def probe(probe: Probe, context: Context) -> AttemptResult:
        result: AttemptResult = await load(kind).probe(probe, context)
        return result

    return probe


TABLE: Mapping[ProbeKind, ProbeFunction] = {kind: _late(kind) for kind in ProbeKind}
"""The function that runs one try of a probe of each kind."""
