"""Durations."""

from __future__ import annotations

import pytest

from prober.model.errors import UsageError
from prober.scenario import parse_duration
from prober.scenario.reading.schema import schema
from prober.scenario.text.duration import DURATION


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2s", 2), ("1500ms", 1.5), ("0.5s", 0.5), ("1m", 60), ("10ms", 0.01), ("5m", 300)],
)
def test_a_number_and_a_unit(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2", "`2` is not a duration"),
        ("2 s", "`2 s` is not a duration"),
        ("-1s", "`-1s` is not a duration"),
        ("1h", "`1h` is not a duration"),
        ("", "`` is not a duration"),
        ("9ms", "`9ms` is not between 10ms and 5m"),
        ("0s", "`0s` is not between 10ms and 5m"),
        ("6m", "`6m` is not between 10ms and 5m"),
    ],
)
def test_others_are_mistakes(text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_duration(text)
    assert (str(error.value), error.value.hint) == (message, "as in 2s or 1500ms")


def test_the_schema_has_the_same_pattern() -> None:
    assert schema()["$defs"]["duration"]["pattern"].replace(
        "(\\.", "(?:\\."
    ) == f"^{DURATION.pattern}$".replace("([0-9]+(?:\\.[0-9]+)?)", "[0-9]+(?:\\.[0-9]+)?")
