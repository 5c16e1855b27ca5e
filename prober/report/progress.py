"""Progress while a run is under way: one line on a terminal, nothing anywhere else."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TextIO

from prober.model.outcome import Outcome
from prober.report.text import shorten

REDRAW_AFTER = 0.05
"""Seconds between two drawings: thousands of observations must not cost thousands of writes."""


class Progress(Protocol):
    """What a coordinator tells while it runs."""

    def started(self, total: int) -> None:
        """The run begins; `total` checks will be observed."""
        ...

    def observed(self, check_name: str, outcome: Outcome) -> None:
        """One check has its outcome."""
        ...

    def finished(self) -> None:
        """The run ended, in whatever way. May be called twice, and without `started`."""
        ...


class NullProgress:
    """Says nothing: for pipes, files, CI and tests."""

    def started(self, total: int) -> None:
        """Nothing."""

    def observed(self, check_name: str, outcome: Outcome) -> None:
        """Nothing."""

    def finished(self) -> None:
        """Nothing."""


class TerminalProgress:
    """`12/18 · 11 ok, 1 rejected · 6 waiting · 1.2 s` on one line that is taken away at the end.

    After drawing, the cursor goes back to the line's start: a log line that comes in between begins
    there, too.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        clock: Callable[[], float] = time.monotonic,
        width: Callable[[], int] | None = None,
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._width = width or (lambda: _columns(stream))
        self._total = 0
        self._outcomes: Counter[Outcome] = Counter()
        self._begun = 0.0
        self._drawn_at: float | None = None

    def started(self, total: int) -> None:
        self._total = total
        self._outcomes.clear()
        self._begun = self._clock()
        self._draw()

    def observed(self, check_name: str, outcome: Outcome) -> None:
        self._outcomes[outcome] += 1
        done = self._outcomes.total() >= self._total
        if done or self._drawn_at is None or self._clock() - self._drawn_at >= REDRAW_AFTER:
            self._draw()

    def finished(self) -> None:
        if self._drawn_at is not None:
            self._put("\r\x1b[K")
        self._drawn_at = None

    def _draw(self) -> None:
        self._drawn_at = self._clock()
        # The last column stays free: writing there makes some terminals go to the next line.
        self._put("\r\x1b[K" + shorten(self._line(), self._width() - 1) + "\r")

    def _line(self) -> str:
        done = self._outcomes.total()
        counts = ", ".join(
            f"{self._outcomes[outcome]} {outcome.value}"
            for outcome in Outcome
            if self._outcomes[outcome]
        )
        waiting = max(self._total - done, 0)
        elapsed = f"{self._clock() - self._begun:.1f} s"
        return " · ".join(
            part
            for part in (f"{done}/{self._total}", counts, f"{waiting} waiting", elapsed)
            if part
        )

    def _put(self, text: str) -> None:
        # A terminal that went away must not end the run: its results still go to stdout and to
        # files.
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


def progress_for(stream: TextIO | None) -> Progress:
    """The progress that fits the stream (usually stderr): a line on a terminal that knows escapes,
    else nothing."""
    if stream is None or os.environ.get("TERM") == "dumb":
        return NullProgress()
    try:
        terminal = stream.isatty()
    except ValueError:  # it is closed
        terminal = False
    return TerminalProgress(stream) if terminal else NullProgress()


def _columns(stream: TextIO) -> int:
    """The terminal's width, or 80 where it does not say."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
