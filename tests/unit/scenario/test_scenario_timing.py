"""When a scenario is run again."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from prober.model.errors import UsageError
from prober.scenario.reading.load import read_object
from prober.scenario.reading.schema import schema
from prober.scenario.timing import _INTERVAL, Timing, check_schedule, parse_interval

AT = datetime.datetime(2026, 1, 1, 12, 7, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("timing", "following", "stale"),
    [
        (Timing(60), (12, 8), (12, 9)),
        (Timing(schedule="*/15 * * * *"), (12, 15), (12, 30)),
        (Timing(schedule="0 * * * *"), (13, 0), (14, 0)),
    ],
)
def test_the_next_time_and_when_the_last_is_stale(
    timing: Timing, following: tuple[int, int], stale: tuple[int, int]
) -> None:
    assert (timing.next_after(AT).hour, timing.next_after(AT).minute) == following
    assert (timing.stale_after(AT).hour, timing.stale_after(AT).minute) == stale


@pytest.mark.parametrize(("text", "seconds"), [("10s", 10), ("5m", 300), ("24h", 86400)])
def test_intervals(text: str, seconds: float) -> None:
    assert parse_interval(text) == seconds


@pytest.mark.parametrize("text", ["5s", "25h", "1d", "m", "1.5m", "-1m", "9" * 500 + "h"])
def test_what_is_no_interval(text: str) -> None:
    with pytest.raises(UsageError, match="not an interval from 10s to 24h"):
        parse_interval(text)


@pytest.mark.parametrize("text", ["@hourly ...", "99 * * * *", "0 0 31 2 *", "* * * *"])
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(UsageError, match=r"no schedule|no time that comes"):
        check_schedule(text)


def test_the_schema_has_the_same_pattern() -> None:
    assert schema()["properties"]["every"]["pattern"] == f"^{_INTERVAL.pattern}$"


def mistakes(**parts: Any) -> str:
    body = {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Scenario",
        "metadata": {"name": "s", "namespace": "shop"},
        "checks": ["deploy/web -> tcp://svc/db:1"],
    }
    return "\n".join(map(str, read_object("s", {**body, **parts})[1]))


def test_mistakes_have_their_field() -> None:
    assert mistakes(every="1m") == mistakes(schedule="0 * * * *") == ""
    assert "s: every: `5s` is not an interval" in mistakes(every="5s")
    assert "s: schedule: `0 0 31 2 *` " in mistakes(schedule="0 0 31 2 *")
    assert "s: schedule: stands beside `every`" in mistakes(every="1m", schedule="0 * * * *")
