"""A task that emits becomes a stream that ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from prober.fabric.kubernetes.client.failures import first_cause
from prober.model.probe import Failure, Observed

Item = Observed | Failure
Emit = Callable[[Item], None]


async def streamed(
    work: Callable[[Emit], Awaitable[None]], name: str
) -> AsyncGenerator[Item, None]:
    """What `work` emits, as it comes. Closing the stream cancels the work; what it raises is raised
    at the end."""
    queue: asyncio.Queue[Item | None] = asyncio.Queue()

    async def run() -> None:
        try:
            await work(queue.put_nowait)
        finally:
            queue.put_nowait(None)

    task = asyncio.create_task(run(), name=name)
    try:
        while (item := await queue.get()) is not None:
            yield item
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def merged(
    streams: Sequence[AsyncGenerator[Item, None]], name: str
) -> AsyncGenerator[Item, None]:
    """All streams at once. What one of them raises ends the others, and is raised."""

    async def drain(stream: AsyncGenerator[Item, None], emit: Emit) -> None:
        async with aclosing(stream):
            async for item in stream:
                emit(item)

    async def work(emit: Emit) -> None:
        with first_cause():
            async with asyncio.TaskGroup() as group:
                for number, stream in enumerate(streams):
                    group.create_task(drain(stream, emit), name=f"{name} {number}")

    async with aclosing(streamed(work, name)) as items:
        async for item in items:
            yield item
