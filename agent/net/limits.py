"""Open files: a probe is a socket, and thousands of them run at once."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

RESERVE = 64
"""Files kept for the interpreter, its modules, the output and the event loop."""
TRACEROUTE_SOCKETS = 12
"""What one traceroute opens at once."""
LOOKUP_SOCKETS = 2
"""What the lookup of one name opens at once: a question, and the same over TCP."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How many of each may run at once."""

    probes: int
    traceroutes: int


def raise_file_limit() -> int:
    """Raise the soft limit of open files to the hard one, which needs no privilege; return what
    holds now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError):  # a sandbox may forbid even that: live with the soft limit
            return soft
    return hard if hard != resource.RLIM_INFINITY else 1 << 20


def open_files() -> int:
    """Files that this process holds open now."""
    try:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())
    except OSError:  # no /proc
        return RESERVE


@dataclass(frozen=True, slots=True)
class Needs:
    """What a plan opens beside a socket for each probe."""

    lookups: int
    """Names that are asked for; each once, whoever waits for it."""
    traceroutes: bool


def share_out(limit: int, used: int, needs: Needs | None = None) -> Budget:
    """Share `limit` open files, of which `used` are taken.

    A quarter is for traceroutes and another for name lookups, which may ask while others connect;
    what the plan does not need of that goes to the probes, one socket each. Without `needs` it is
    taken to need both.
    """
    free = max(limit - used - RESERVE, 4)
    traces = free // 4 if needs is None or needs.traceroutes else 0
    lookups = free // 4 if needs is None else min(needs.lookups * LOOKUP_SOCKETS, free // 4)
    return Budget(
        probes=max(free - traces - lookups, 1), traceroutes=max(traces // TRACEROUTE_SOCKETS, 1)
    )
