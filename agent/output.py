"""What an agent writes: its lines, and nothing between them.

Lines leave through a thread: a reader that is slow (a log on a busy disk) must not be read as a
slow network."""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
import warnings
from collections.abc import Callable
from types import TracebackType

GATHER = 0.01
"""Seconds for which lines are gathered into one write. A write for each line would have the thread
and the event loop fight for the interpreter lock, and the loop would be late."""


def be_quiet() -> None:
    """Keep libraries from writing to stderr, which a container's log has among the lines: they warn
    about what servers send (a certificate with a negative serial number), and a stream with such a
    line in it counts for nothing. A crash is still told."""
    warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())
    sys.unraisablehook = lambda _: None


class LineWriter:
    """Writes lines to a file descriptor, in order and soon.

    Leaving the context waits until everything is written. When the reader is gone, `on_broken` is
    called once, in the thread, and what follows is thrown away.
    """

    def __init__(self, descriptor: int, on_broken: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_broken = on_broken
        # Unbounded on purpose: `emit` is called on the event loop, which must not wait. What waits
        # in it is bounded by the plan: one line for each probe, each within `prober.model.bounds`.
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._leaving = threading.Event()

    def __enter__(self) -> LineWriter:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lines.put(None)
        self._leaving.set()
        self._thread.join()

    def emit(self, line: bytes) -> None:
        """Queue one line (without its newline)."""
        self._lines.put(line)

    def _run(self) -> None:
        try:
            going_on = True
            while going_on:
                lines = self._gather()
                going_on = lines[-1] is not None
                _write_all(
                    self._descriptor, b"".join(line + b"\n" for line in lines if line is not None)
                )
        except OSError:
            self._on_broken()

    def _gather(self) -> list[bytes | None]:
        """All lines of a short while, at least one; None at the end of the last."""
        lines = [self._lines.get()]
        self._leaving.wait(GATHER)
        while lines[-1] is not None and not self._lines.empty():
            lines.append(self._lines.get())
        return lines


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
