"""All incidents that are asked for, broken and mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import pytest
from incident_running import Course, run_course
from incident_table import INCIDENTS
from several_at_once import asked_for, run_all

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


assert len({incident.name for incident in INCIDENTS}) == len(INCIDENTS)
