"""What a probe function is given, and what it gives back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.result import AttemptResult
from prober.model.probe import Probe

if TYPE_CHECKING:
    from agent.loop_lag import LagMeter
    from agent.net.resolver import Resolver
    from agent.path.rst_origin import RstOrigin


@dataclass(frozen=True, slots=True)
class Context:
    """What all probes of a run share, and which try this is."""

    resolver: Resolver
    lag: LagMeter
    rst_origin: RstOrigin
    traceroutes: asyncio.Semaphore
    """Traceroutes that may run at once."""
    attempt: int = 0
    """0-based. A retry takes a name's next address, and asks again for a name that did not
    resolve."""


ProbeFunction = Callable[[Probe, Context], Awaitable[AttemptResult]]
"""Runs one try of one probe, within `probe.timeout` seconds. What the network does is a result, not
an exception."""
