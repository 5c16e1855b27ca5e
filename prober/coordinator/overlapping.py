"""Works one after the other, and not quite: the next one begins when the one before it has ended,
or says that it only waits for a few.

So one vantage that is slow or dead, and is waited for until its time is over, delays no other: the
chunks after its own go on beside it. There are never more than a few under way, each of which has
its records in memory; what has ended is taken at once, in whatever order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
MOST = 4
"""Works under way at once."""

Free = Callable[[], None]
"""To be called by a work when the next one may begin."""


async def overlapping(
    items: Iterable[T],
    work: Callable[[T, Free], Awaitable[R]],
    take: Callable[[T, R], None],
    *,
    most: int = MOST,
) -> None:
    """Do `work` for every item, begun in their order, and `take` what it comes to. What a work
    raises ends all of them."""
    under_way: dict[asyncio.Future[Any], T] = {}

    async def wait_for(*others: asyncio.Future[Any]) -> None:
        done, _ = await asyncio.wait([*under_way, *others], return_when=asyncio.FIRST_COMPLETED)
        for future in [future for future in under_way if future in done]:
            take(under_way[future], future.result())
            del under_way[future]

    try:
        for item in items:
            while len(under_way) >= most:
                await wait_for()
            free: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            future = asyncio.ensure_future(work(item, _resolving(free)))
            under_way[future] = item
            while future in under_way and not free.done():
                await wait_for(free)
        while under_way:
            await wait_for()
    finally:
        left = list(under_way)
        for unfinished in left:
            unfinished.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _resolving(future: asyncio.Future[Any]) -> Free:
    """Resolves it, once."""
    return lambda: None if future.done() else future.set_result(None)
