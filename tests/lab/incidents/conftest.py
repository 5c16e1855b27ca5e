"""All incidents that are asked for, broken and mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import pytest
from incident_running import Course, observe, run_course
from incident_table import INCIDENTS
from several_at_once import asked_for, run_all

from prober.model.run import RunRecord

Courses: TypeAlias = Mapping[str, Course | Exception]
AT_ONCE = 6
"""Each is two labs, one after the other."""


@pytest.fixture(scope="session")
def courses(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Courses:
    """By the incident's name: what came of it."""
    wanted = {
        params["incident"].name: params["incident"] for params in asked_for(request, "courses")
    }
    root = tmp_path_factory.mktemp("incidents")
    return run_all(
        wanted, lambda name: run_course(wanted[name], root / name.replace(" ", "-")), AT_ONCE
    )


@pytest.fixture(scope="session")
def near_misses(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, RunRecord | Exception]:
    """By the near miss's name: what was seen."""
    wanted = {params["miss"].name: params["miss"] for params in asked_for(request, "near_misses")}
    root = tmp_path_factory.mktemp("near-misses")

    async def look(name: str) -> RunRecord:
        directory = root / name.replace(" ", "-")
        return (await observe(wanted[name].objects, wanted[name], directory))[0]

    return run_all(wanted, look, AT_ONCE)


assert len({incident.name for incident in INCIDENTS}) == len(INCIDENTS)
