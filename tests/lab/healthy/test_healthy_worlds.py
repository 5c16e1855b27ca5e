"""A healthy cluster is silent: no finding, exit code 0, whatever its shape."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from healthy_worlds import HEALTHY, Healthy

from prober.model.errors import ExitCode
from prober.model.run import RunRecord
from prober.report import render

pytestmark = pytest.mark.lab


@pytest.mark.parametrize("world", [pytest.param(entry, id=entry.name) for entry in HEALTHY])
def test_a_healthy_world_is_silent(
    world: Healthy, healthy_runs: Mapping[str, RunRecord | Exception]
) -> None:
    record = healthy_runs[world.name]
    if isinstance(record, Exception):
        raise record
    told = "\n" + render(record, "wide", color=False, width=None)
    assert not record.findings, told
    assert all(check.as_expected for check in record.checks), told
    assert record.exit_code is ExitCode.OK, told
    assert len(record.checks) > len(world.checks), "every pair of pods is checked as well"
