"""The lag meter: the largest delay of the loop in any span that ends now."""

from __future__ import annotations

import asyncio
import time

from agent.lag import LagMeter


async def test_the_largest_delay_of_the_span_is_reported() -> None:
    meter = LagMeter()
    for moment, delay in ((1.0, 0.5), (2.0, 0.1), (3.0, 0.3), (4.0, 0.2)):
        meter.record(moment, delay)
    assert meter.since(0.5) == 500
    assert meter.since(1.5) == 300
    assert meter.since(3.5) == 200
    assert meter.since(5.0) == 0


async def test_a_blocked_loop_is_noticed_even_before_the_next_sample() -> None:
    with LagMeter() as meter:
        start = asyncio.get_running_loop().time()
        time.sleep(0.06)  # noqa: ASYNC251 - the loop is starved on purpose
        assert meter.since(start) >= 30


async def test_a_blocked_loop_stays_noticed_by_those_who_were_there() -> None:
    with LagMeter() as meter:
        loop = asyncio.get_running_loop()
        start = loop.time()
        time.sleep(0.1)  # noqa: ASYNC251 - the loop is starved on purpose
        await asyncio.sleep(0)
        after = loop.time()
        await asyncio.sleep(0.001)
        assert meter.since(start) >= 70
        assert meter.since(after) < meter.since(start)
