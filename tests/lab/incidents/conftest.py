"""All incidents, several at a time: they spend most of their time waiting for silence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TypeAlias

import pytest
from incident_running import Course, Incident, run_course
from incident_table import INCIDENTS

Courses: TypeAlias = Mapping[str, Course | Exception]
AT_ONCE = 6
"""Each is two labs, one after the other."""


@pytest.fixture(scope="session")
def courses(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Courses:
    """By the incident's name: what came of those that are asked for."""
    wanted = [
        item.callspec.params["incident"]
        for item in request.session.items
        if "courses" in getattr(item, "fixturenames", ()) and hasattr(item, "callspec")
    ]
    root = tmp_path_factory.mktemp("incidents")

    async def everything() -> dict[str, Course | Exception]:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(incident: Incident) -> Course | Exception:
            async with room:
                try:
                    return await run_course(incident, root / incident.name.replace(" ", "-"))
                except Exception as error:  # noqa: BLE001 - one incident's defect is that incident's failed test
                    return error

        found = await asyncio.gather(*map(one, wanted))
        return {incident.name: course for incident, course in zip(wanted, found, strict=True)}

    return asyncio.run(everything())


assert len({incident.name for incident in INCIDENTS}) == len(INCIDENTS)
