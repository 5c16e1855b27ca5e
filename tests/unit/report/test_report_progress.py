"""The progress line: on a terminal only, one line, gone at the end."""

import io
from itertools import count

import pytest

from prober.model.outcome import Outcome
from prober.report.progress import NullProgress, TerminalProgress, progress_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(Terminal):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_it_counts_what_is_done_and_what_is_awaited() -> None:
    stream, ticks = Terminal(), count(0.0, 0.4)
    progress = TerminalProgress(stream, clock=lambda: next(ticks), width=lambda: 80)
    progress.started(3)
    progress.observed("a", Outcome.OK)
    progress.observed("b", Outcome.REJECTED)
    last = stream.getvalue().split("\r\x1b[K")[-1]
    assert last.startswith("2/3 · 1 ok, 1 rejected · 1 waiting · ")


def test_it_takes_its_line_away() -> None:
    stream = Terminal()
    progress = TerminalProgress(stream, clock=lambda: 0.0, width=lambda: 80)
    progress.started(1)
    progress.finished()
    progress.finished()
    assert stream.getvalue().endswith("0.0 s\r\r\x1b[K")
    assert "\n" not in stream.getvalue()


def test_it_never_fills_the_last_column() -> None:
    stream = Terminal()
    progress = TerminalProgress(stream, clock=lambda: 0.0, width=lambda: 20)
    progress.started(1000)
    assert len(stream.getvalue().removeprefix("\r\x1b[K").rstrip("\r")) <= 19


def test_many_observations_are_few_drawings() -> None:
    stream = Terminal()
    progress = TerminalProgress(stream, clock=lambda: 0.0, width=lambda: 80)
    progress.started(1000)
    for number in range(1000):
        progress.observed(f"check {number}", Outcome.OK)
    assert stream.getvalue().count("\x1b[K") == 2
    assert "1000/1000 · 1000 ok · 0 waiting" in stream.getvalue()


def test_a_terminal_that_went_away_does_not_end_the_run() -> None:
    progress = TerminalProgress(Gone(), clock=lambda: 0.0, width=lambda: 80)
    progress.started(1)
    progress.observed("a", Outcome.OK)
    progress.finished()


def test_it_is_silent_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(progress_for(io.StringIO()), NullProgress)
    assert isinstance(progress_for(None), NullProgress)
    assert isinstance(progress_for(Terminal()), TerminalProgress)
    closed = io.StringIO()
    closed.close()
    assert isinstance(progress_for(closed), NullProgress)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(progress_for(Terminal()), NullProgress)


def test_the_silent_one_says_nothing() -> None:
    progress = NullProgress()
    progress.started(1)
    progress.observed("a", Outcome.OK)
    progress.finished()
