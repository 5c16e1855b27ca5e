"""The lag meter, on a clock that the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from agent.loop_lag import INTERVAL, LagMeter


class Loop:
    """An event loop that is woken by the test, as late as the test likes."""

    def __init__(self) -> None:
        self.now = 100.0
        self._timers: list[tuple[float, Callable[[], object]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
        self._timers.append((when, callback))
        return cast(asyncio.TimerHandle, self)

    def cancel(self) -> None:
        self._timers.clear()

    def blocked(self, seconds: float) -> None:
        """Time passes, and nothing is called."""
        self.now += seconds

    def turn(self) -> None:
        """Call what is due."""
        due, self._timers = (
            [t for t in self._timers if t[0] <= self.now],
            [t for t in self._timers if t[0] > self.now],
        )
        for _, callback in due:
            callback()


def meter_on(loop: Loop) -> LagMeter:
    return LagMeter(cast(asyncio.AbstractEventLoop, loop))


def test_the_largest_delay_of_the_span_is_reported() -> None:
    meter = meter_on(Loop())
    for moment, delay in ((1.0, 0.5), (2.0, 0.1), (3.0, 0.3), (4.0, 0.2)):
        meter.record(moment, delay)
    assert [meter.since(start) for start in (0.5, 1.5, 3.5, 5.0)] == [500, 300, 200, 0]


def test_a_loop_in_time_has_no_lag() -> None:
    loop = Loop()
    with meter_on(loop) as meter:
        for _ in range(10):
            loop.blocked(INTERVAL)
            loop.turn()
        assert meter.since(100.0) < 1e-6


def test_a_blocked_loop_is_noticed_even_before_the_next_sample() -> None:
    loop = Loop()
    with meter_on(loop) as meter:
        loop.blocked(INTERVAL + 0.06)
        assert meter.since(100.0) == 60


def test_a_blocked_loop_stays_noticed_by_those_who_were_there_and_only_by_them() -> None:
    loop = Loop()
    with meter_on(loop) as meter:
        loop.blocked(INTERVAL + 0.5)
        loop.turn()
        loop.blocked(INTERVAL)
        after = loop.time()
        loop.turn()
        assert meter.since(100.0) == 500
        assert meter.since(after) < 1e-6
