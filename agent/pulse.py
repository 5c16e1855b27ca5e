"""A TCP connection again and again, to each of some targets, one line each: when did it stop
getting through, and when does it again.

    python -m agent pulse --interval 0.02 --seconds 60 198.18.1.5:8080 198.18.2.7:8080

    stdout   {"target": 0, "started": 1700000000.123, "seconds": 0.001, "ok": true}

A connection that gets no answer ends after `--timeout`, and belongs to the time at which it was
begun: what was sent then did not pass.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Sequence

from prober.model.errors import ExitCode


async def pulse(targets: Sequence[tuple[str, int]], interval: float, patience: float) -> None:
    """Connect to each of them every `interval` seconds, until it is cancelled."""
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        due = loop.time()
        while True:
            for number, (host, port) in enumerate(targets):
                group.create_task(_once(number, host, port, patience))
            due = max(due + interval, loop.time())
            await asyncio.sleep(due - loop.time())


async def _once(number: int, host: str, port: int, patience: float) -> None:
    started, clock, ok = time.time(), time.monotonic(), False
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(patience):
            _, writer = await asyncio.open_connection(host, port)
        ok = True
        writer.transport.abort()
    line = {
        "target": number,
        "started": round(started, 4),
        "seconds": round(time.monotonic() - clock, 4),
        "ok": ok,
    }
    print(json.dumps(line), flush=True)  # noqa: T201 - its output


def main(argv: Sequence[str] | None = None) -> int:
    """Pulse for so long, and return 0."""
    parser = argparse.ArgumentParser(prog="agent pulse", description="Connects again and again.")
    parser.add_argument("targets", nargs="+", metavar="ADDRESS:PORT")
    parser.add_argument("--interval", type=float, default=0.02, help="seconds; %(default)s")
    parser.add_argument("--timeout", type=float, default=1.0, help="seconds; %(default)s")
    parser.add_argument("--seconds", type=float, default=60.0, help="of all; %(default)s")
    options = parser.parse_args(argv)
    targets = [(host.strip("[]"), int(port)) for host, _, port in map(_split, options.targets)]

    async def bounded() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(options.seconds):
                await pulse(targets, options.interval, options.timeout)

    asyncio.run(bounded())
    return int(ExitCode.OK)


def _split(text: str) -> tuple[str, str, str]:
    return text.rpartition(":")


if __name__ == "__main__":
    sys.exit(main())
