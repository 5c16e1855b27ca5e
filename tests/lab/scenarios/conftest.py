"""All shipped incidents under both manners of denying, several at a time: they spend their time waiting for silence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TypeAlias

import pytest
from shipped_incidents import Shipped, course

from prober.model.run import RunRecord

AT_ONCE = 4
Key = tuple[str, str]
"""The scenario's name, and the enforcement."""
ShippedCourses: TypeAlias = Mapping[Key, list[RunRecord] | Exception]


@pytest.fixture(scope="session")
def shipped_courses(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ShippedCourses:
    """Every run of those that are asked for."""
    wanted: dict[Key, Shipped] = {}
    for item in request.session.items:
        if "shipped_courses" in getattr(item, "fixturenames", ()) and hasattr(item, "callspec"):
            shipped = item.callspec.params["shipped"]
            wanted[shipped.name, item.callspec.params["enforcement"]] = shipped
    root = tmp_path_factory.mktemp("shipped")

    async def everything() -> ShippedCourses:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(key: Key, shipped: Shipped) -> list[RunRecord] | Exception:
            async with room:
                try:
                    return await course(shipped, key[1], root / "-".join(key))
                except Exception as error:  # noqa: BLE001 - one scenario's defect is that scenario's failed test
                    return error

        found = await asyncio.gather(*(one(key, shipped) for key, shipped in wanted.items()))
        return dict(zip(wanted, found, strict=True))

    return asyncio.run(everything())
