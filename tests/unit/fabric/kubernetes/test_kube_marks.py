"""When what a run made is stale."""

from __future__ import annotations

import datetime
import os
from dataclasses import replace

import pytest

from prober.fabric.kubernetes.labels import (
    COORDINATOR,
    EXPIRES,
    Coordinator,
    is_stale,
    run_annotations,
    this_process,
)

NOW = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


def test_a_live_run_of_this_machine_is_never_stale() -> None:
    assert not is_stale(run_annotations("r", this_process(), NOW - HOUR), NOW)


def test_a_dead_run_of_this_machine_is_stale_at_once() -> None:
    dead = replace(this_process(), process=2**22 + 1)
    assert is_stale(run_annotations("r", dead, NOW + HOUR), NOW)


def test_a_process_number_that_was_used_again_is_another_process() -> None:
    earlier = replace(this_process(), started=1)
    assert earlier.process == os.getpid()
    assert is_stale(run_annotations("r", earlier, NOW + HOUR), NOW)


@pytest.mark.parametrize(("expires", "stale"), [(NOW + HOUR, False), (NOW - HOUR, True)])
def test_a_run_of_another_machine_is_stale_when_its_time_is_over(
    expires: datetime.datetime, stale: bool
) -> None:
    assert is_stale(run_annotations("r", Coordinator("elsewhere", 1, 1), expires), NOW) is stale


@pytest.mark.parametrize("marked", [{}, {EXPIRES: "soon"}, {COORDINATOR: "x", EXPIRES: None}])
def test_what_has_no_readable_marks_is_stale(marked: dict[str, str | None]) -> None:
    assert is_stale(marked, NOW)
