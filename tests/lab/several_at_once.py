"""Labs spend most of their time waiting for silence: those that a session's tests ask for run
several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

import pytest

K = TypeVar("K")
R = TypeVar("R")


def asked_for(request: pytest.FixtureRequest, fixture: str) -> list[Mapping[str, Any]]:
    """The parameters of each collected test that uses the fixture."""
    return [
        item.callspec.params
        for item in request.session.items
        if fixture in getattr(item, "fixturenames", ()) and hasattr(item, "callspec")
    ]


def run_all(
    keys: Iterable[K], run: Callable[[K], Awaitable[R]], at_once: int
) -> dict[K, R | Exception]:
    """What `run` makes of each key, or the error that it raised: one's defect is one test's
    failure."""

    async def everything() -> dict[K, R | Exception]:
        room = asyncio.Semaphore(at_once)

        async def one(key: K) -> R | Exception:
            async with room:
                try:
                    return await run(key)
                except Exception as error:  # noqa: BLE001 - it fails the test that asked for this key, and no other
                    return error

        wanted = list(dict.fromkeys(keys))
        outcomes = await asyncio.gather(*map(one, wanted))
        return dict(zip(wanted, outcomes, strict=True))

    return asyncio.run(everything())
