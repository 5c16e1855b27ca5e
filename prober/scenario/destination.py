"""One end that a check goes to, as resolution finds it and a protocol's probe is told it."""

from __future__ import annotations

from dataclasses import dataclass

from prober.model.check import Endpoint


@dataclass(frozen=True, slots=True)
class Destination:
    """One end that a check goes to."""

    endpoint: Endpoint
    """With the label that people read, or a short one."""
    host: str
    """What the probe calls it: a DNS name or an address."""
    address: str = ""
    """Where the probe goes; empty where the host's name must be looked up, or nothing is known."""
    port: int | None = None
    """As the probe sends it, before any translation. None for ICMP."""
    short: bool = True
    """Is the label an object's short name, which needs its namespace where that is not obvious."""
    problem: str = ""
    """Why nothing can be sent there now; empty: it can."""
