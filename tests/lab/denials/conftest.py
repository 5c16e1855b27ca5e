"""All runs that are asked for: each fault in each of its worlds, and the worlds without any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import pytest
from dead_networks import Try
from denied_worlds import observe
from several_at_once import asked_for, run_all

from prober.model.run import RunRecord

AT_ONCE = 5

DeniedRuns: TypeAlias = Mapping[Try, RunRecord | Exception]


@pytest.fixture(scope="session")
def denied_runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> DeniedRuns:
    """By the try: what came of it."""
    wanted = [params["one_try"] for params in asked_for(request, "denied_runs")]
    root = tmp_path_factory.mktemp("denials")
    return run_all(wanted, lambda one_try: observe(one_try, root), AT_ONCE)
