"""Ctrl-C and SIGTERM end a command in order: it takes away what it made, and then says that it was
interrupted."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_async(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, with SIGTERM treated as it treats Ctrl-C: the main task is cancelled,
    cleans up, and `KeyboardInterrupt` is raised when it has ended.

    An exception that a signal handler raises would end up in whichever task runs just then, leave
    the event loop through every task group above it, and end the loop before the clean-up is done.
    """
    return asyncio.run(_until_terminated(main))


async def _until_terminated(main: Coroutine[Any, Any, T]) -> T:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    told: list[bool] = []

    def terminate() -> None:
        if not told and task is not None:  # once: cleaning up is not to be interrupted
            told.append(True)
            task.cancel()

    # asyncio.run does this for SIGINT itself since Python 3.11. Kubernetes, systemd and CI systems
    # send SIGTERM, and the objects of a run must go then, too.
    before = signal.getsignal(signal.SIGTERM)
    loop.add_signal_handler(signal.SIGTERM, terminate)
    try:
        return await main
    except asyncio.CancelledError:
        # Cancelled by the signal, or by something else? Only the signal means "interrupted" (exit
        # code 130); any other cancellation is a defect and has to be seen.
        if told:
            raise KeyboardInterrupt from None
        raise
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)
