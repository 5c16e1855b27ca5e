"""Where a command's time on a cluster goes: its phases as shares of the whole, and its API calls.

    python bench/traced.py matrix -n shop --via pod          # whatever follows `prober`

The command runs as always, in this process; what it prints comes first. Shares mean something on a
busy machine, too, where seconds do not; calls and their waits are the same on every machine.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def born() -> float:
    """When this process began, on the clock of `monotonic`: the interpreter's start counts, too."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


START = born()
_EVENTS: list[tuple[str, float, float]] = []
"""What was done, from when to when, in seconds since the start."""


def traced(name: str, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def run(*arguments: Any, **options: Any) -> Any:
        began = monotonic()
        try:
            return await work(*arguments, **options)
        finally:
            _EVENTS.append((name, began - START, monotonic() - START))

    return run


def main() -> int:
    from prober.coordinator import chunk, run
    from prober.fabric.kubernetes.client.http import Http, Request

    fetch, stream = Http.fetch, Http.stream

    async def counted(self: Http, request: Request, *rest: Any) -> Any:
        return await traced(_call(request), fetch)(self, request, *rest)

    @asynccontextmanager
    async def followed(self: Http, request: Request) -> Any:
        began = monotonic()
        async with stream(self, request) as response:
            yield response
        _EVENTS.append((f"log {request.path}", began - START, monotonic() - START))

    for holder, name, measured in (
        (Http, "fetch", counted),
        (Http, "stream", followed),
        (run, "_set_up", traced("snapshot, names", run._set_up)),
        (chunk, "probe", traced("wave", chunk.probe)),
        (run, "_concluded", traced("diagnosis", run._concluded)),
    ):
        setattr(holder, name, measured)
    from prober.cli.main import run as call

    code = call(sys.argv[1:])
    told(monotonic() - START)
    return int(code)


def _call(request: Any) -> str:
    path = re.sub(r"/namespaces/[^/]+", "/namespaces/*", request.path)
    return f"{request.method} {re.sub(r'prober-[0-9a-f]{8}-.*', '*', path)}"


def told(whole: float) -> None:
    """The phases in their order, and the calls by kind."""
    calls = [event for event in _EVENTS if event[0].startswith(("GET", "POST", "DELETE", "PATCH"))]
    first = min((began for _, began, _ in calls), default=whole)
    print(f"{'start, imports':<34} {first / whole:6.1%}", file=sys.stderr)
    for name, began, ended in sorted(_EVENTS, key=lambda event: event[1]):
        if name in ("snapshot, names", "wave", "diagnosis") and ended - began > whole / 1000:
            print(f"{name:<34} {(ended - began) / whole:6.1%}", file=sys.stderr)
    last = max((ended for _, _, ended in _EVENTS), default=whole)
    print(f"{'report, end':<34} {(whole - last) / whole:6.1%}", file=sys.stderr)
    print(f"{len(calls)} calls to the API server:", file=sys.stderr)
    for name, count in Counter(name for name, _, _ in calls).most_common():
        print(f"  {count:>4} × {name}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
