"""One round from the pods of this node: a process that visits them (`agent.entering.visit`).

It is forked and not executed: what it needs is imported already, so that a round costs some
milliseconds, and the pages are shared. The agent has one thread, as fork() wants it. When the agent
ends, the pipe to that process does, and with it all visits.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from agent.entering.request import Visit, denumbered
from agent.entering.visit import run_visits
from agent.patrolling.assignment import PODS_AT_ONCE
from agent.wire import decode_line
from prober.model.errors import FabricError
from prober.model.outcome import Observation

PATIENCE = 300.0
"""Seconds after which a round is ended: the slowest that an assignment may ask for takes less."""
_LONGEST_LINE = 1 << 18
_STDIN, _STDOUT = 0, 1
_EVERY_FILE = 1 << 20


async def from_pods(visits: Sequence[Visit], take: Callable[[Observation], None]) -> list[str]:
    """Visit all, and hand on what is seen; why some could not be visited, in sentences."""
    wrong: list[str] = []
    if not visits:
        return wrong
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE), aclosing(_lines(visits)) as lines:
            async for line in lines:
                try:
                    said = decode_line(denumbered(line)[1])
                except FabricError as error:
                    wrong.append(str(error))
                    continue
                if isinstance(said, Observation):
                    take(said)
                elif message := getattr(said, "message", ""):
                    wrong.append(message)
    return wrong


async def _lines(visits: Sequence[Visit]) -> AsyncGenerator[bytes, None]:
    asked, ask = os.pipe()
    answers, answer = os.pipe()
    process = os.fork()
    if process == 0:
        _visit_all(visits, asked, answer)
    os.close(asked)
    os.close(answer)
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(answers, "rb", buffering=0)
    )
    try:
        while line := await reader.readline():
            yield line.rstrip(b"\n")
    finally:
        # It notices that nobody asks any more, ends what it has begun, and then itself.
        os.close(ask)
        transport.close()
        while os.waitpid(process, os.WNOHANG)[0] == 0:  # noqa: ASYNC110, ASYNC222 - the kernel tells it this way only, and WNOHANG does not wait
            await asyncio.sleep(0.02)


def _visit_all(visits: Sequence[Visit], asked: int, answer: int) -> None:
    """In the forked process, which ends here. Nothing of the agent's loop is used any more."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        asyncio._set_running_loop(None)
        os.dup2(asked, _STDIN)
        os.dup2(answer, _STDOUT)
        os.closerange(3, _EVERY_FILE)
        sys.stdout = os.fdopen(_STDOUT, "w", closefd=False)  # whatever it was before
        code = int(run_visits(visits, PODS_AT_ONCE))
    finally:
        os._exit(code)
