"""All shipped incidents that are asked for, under both manners of denying."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import pytest
from several_at_once import asked_for, run_all
from shipped_incidents import course

from prober.model.run import RunRecord

AT_ONCE = 4
Key = tuple[str, str]
"""The scenario's name, and the enforcement."""
ShippedCourses: TypeAlias = Mapping[Key, list[RunRecord] | Exception]


@pytest.fixture(scope="session")
def shipped_courses(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> ShippedCourses:
    """Every run of those that are asked for."""
    wanted = {
        (params["shipped"].name, params["enforcement"]): params["shipped"]
        for params in asked_for(request, "shipped_courses")
    }
    root = tmp_path_factory.mktemp("shipped")
    return run_all(wanted, lambda key: course(wanted[key], key[1], root / "-".join(key)), AT_ONCE)
