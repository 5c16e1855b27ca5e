"""Sharing out the open files."""

from __future__ import annotations

import pytest

from agent.net import limits


@pytest.mark.parametrize(
    ("limit", "used"), [(1024, 10), (256, 50), (20000, 100), (64, 64), (1 << 20, 5)]
)
def test_all_that_runs_at_once_fits_and_something_always_runs(limit: int, used: int) -> None:
    budget = limits.share_out(limit, used)
    assert budget.probes >= 1
    assert budget.traceroutes >= 1
    if limit >= 256:
        assert (
            used + limits.RESERVE + budget.probes + budget.traceroutes * limits.TRACEROUTE_SOCKETS
            <= limit
        )


def test_a_usual_container_runs_five_thousand_at_once() -> None:
    assert limits.share_out(1 << 20, 20).probes > 5000


def test_the_limit_is_a_number_and_this_process_holds_files() -> None:
    assert limits.raise_file_limit() > 0
    assert limits.open_files() > 2
