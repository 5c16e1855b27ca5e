"""How late the event loop itself was.

A probe's time is taken when the loop gets round to it. When the machine is short of CPU, or
thousands of probes end at once, that is later than the packet came. The meter asks to be woken at
fixed moments and notes how late it was; the largest delay while a probe ran goes into its
observation.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from types import TracebackType

INTERVAL = 0.02
"""Seconds between two samples."""


class LagMeter:
    """Samples the running loop while it is entered; `since` answers for any span that ends now."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.get_running_loop()
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        # A stack of delays that only fall from bottom to top: a sample buries every smaller one
        # before it, because no span that ends now and holds the older can miss the newer. So the
        # answer for a span is its first entry.
        self._moments: list[float] = []
        self._delays: list[float] = []

    def __enter__(self) -> LagMeter:
        self._schedule(self._loop.time())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def record(self, moment: float, delay: float) -> None:
        """At `moment` (seconds on the loop's clock) the loop was `delay` seconds late."""
        # Each sample is pushed once and popped at most once, so a run costs a constant per sample,
        # however many probes ask. An example: delays 5, 1, 2, 9, 3 leave the stack at 9, 3; whoever
        # started before the 9 is told 9, whoever started after it is told 3.
        while self._delays and self._delays[-1] <= delay:
            self._delays.pop()
            self._moments.pop()
        self._delays.append(delay)
        self._moments.append(moment)

    def since(self, start: float) -> float:
        """The largest delay, in milliseconds, from `start` (on the loop's clock) until now."""
        first = bisect_left(self._moments, start)
        recorded = self._delays[first] if first < len(self._delays) else 0.0
        # The loop may be late at this very moment: the timer that would say so has not run yet.
        # Without this the worst delay, the one that just delayed the probe that asks, would be the
        # one that is missing.
        overdue = self._loop.time() - self._due if self._due else 0.0
        return round(max(recorded, overdue, 0.0) * 1000, 3)

    def _schedule(self, now: float) -> None:
        self._due = now + INTERVAL
        self._timer = self._loop.call_at(self._due, self._sample)

    def _sample(self) -> None:
        now = self._loop.time()
        self.record(now, now - self._due)
        self._schedule(now)
