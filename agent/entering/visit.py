"""The runner as it is exec'd in an agent's pod: one process a pod that is visited, all at once.

    python -m agent visit < request        # see `agent.entering.request`

Everything that the plans need is imported before the first fork, so that a further visit costs a
few milliseconds and little memory. A child enters its pod's network and runs its plan; this process
only hands on what the children write, each line with the number of its visit.

When stdin ends, whoever asked is gone (a kill -9, a lost connection), and the visits are ended.
"""

from __future__ import annotations

import asyncio
import gc
import os
import selectors
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent import runner, wire
from agent.entering.enter import Place, enter
from agent.entering.request import Visit, decode_request, numbered
from agent.net.resolvconf import HOSTS, RESOLV_CONF
from agent.output import be_quiet
from agent.serving import counters
from prober.model.errors import ExitCode, ProberError

AT_ONCE = 64
"""Visits under way at the same time: each is a process, and the agent's memory is limited."""
_STDIN, _STDOUT = 0, 1
_OBSERVATION = b'{"type":"observation"'
_FAILURE = b'{"type":"failure"'
_CHUNK = 65536
_EVERY_FILE = 1 << 20


@dataclass(slots=True)
class _Child:
    """One visit under way."""

    number: int
    process: int
    rest: bytes = b""
    """The beginning of a line whose end has not been read."""


@dataclass(slots=True)
class _Round:
    """All visits of one request."""

    visits: Sequence[Visit]
    at_once: int = AT_ONCE
    waiting: list[int] = field(default_factory=list)
    """Numbers of the visits that have not begun, the next one last."""
    probes: int = 0
    failures: int = 0

    def run(self) -> ExitCode:
        """Run them all. INTERRUPTED when nobody wanted the rest any more."""
        self.waiting = list(reversed(range(len(self.visits))))
        with selectors.DefaultSelector() as selector:
            selector.register(_STDIN, selectors.EVENT_READ)
            self._start(selector)
            while any(key.data for key in selector.get_map().values()):
                for key, _ in selector.select():
                    # stdin has nothing more to say, so that it becomes readable means that it
                    # ended. It is the one sign of a lost connection that comes by itself: a write
                    # would fail as well, but visits whose probes wait for their timeouts do not
                    # write.
                    if key.data is None:
                        if not os.read(_STDIN, _CHUNK):
                            return self._abandon(selector)
                    elif not self._hand_on(key.data, key.fd):
                        selector.unregister(key.fd)
                        os.close(key.fd)
                        os.waitpid(key.data.process, 0)
                        self._start(selector)
        return ExitCode.OK

    def _start(self, selector: selectors.BaseSelector) -> None:
        """Begin as many visits as there is room for; stdin is watched, too, and is no visit."""
        while self.waiting and len(selector.get_map()) - 1 < self.at_once:
            number = self.waiting.pop()
            reader, writer = os.pipe()
            # A process for each visit, because a network namespace belongs to a thread: a second
            # event loop in a thread of its own would do for the sockets, but the capabilities are
            # per thread as well, and giving them up for good means giving them up in all threads.
            # fork() without exec() keeps what was imported before it, so that a visit costs
            # milliseconds; it is safe here because this process has one thread.
            process = os.fork()
            if process == 0:
                _be_child(self.visits[number], writer)
            os.close(writer)
            selector.register(reader, selectors.EVENT_READ, _Child(number, process))

    def _hand_on(self, child: _Child, reader: int) -> bool:
        """Write what came from the child. False at the end of its output."""
        data = os.read(reader, _CHUNK)
        # Whole lines only: lines of several children leave through one stdout, and half a line of
        # one before half a line of another is nobody's line.
        *lines, child.rest = (child.rest + data).split(b"\n")
        for line in lines:
            self.probes += line.startswith(_OBSERVATION)
            self.failures += line.startswith(_FAILURE)
            _write(numbered(child.number, line) + b"\n")
        return bool(data)

    def _abandon(self, selector: selectors.BaseSelector) -> ExitCode:
        children = [key.data for key in selector.get_map().values() if key.data]
        for child in children:
            # Not SIGTERM: a child would use its time to write a line that nobody reads, to a pipe
            # that nobody empties.
            os.kill(child.process, signal.SIGKILL)
        for child in children:
            os.waitpid(child.process, 0)
        self.failures += len(children) + len(self.waiting)
        return ExitCode.INTERRUPTED


def main(argv: Sequence[str] | None = None) -> int:
    """Read a request from stdin, run it, and return the exit code: 0 also when visits failed."""
    be_quiet()
    try:
        visits = decode_request(_first_line())
    except ProberError as error:
        _write(wire.encode_failure(str(error), error.hint) + b"\n")
        return int(error.exit_code)
    running = _Round(visits)
    code = _run(running)
    done = counters.Counters(1, len(visits), running.probes, running.failures)
    counters.add(done)
    return int(code)


def run_visits(visits: Sequence[Visit], at_once: int) -> ExitCode:
    """Run visits with their output on stdout, until stdin ends; so many at the same time."""
    return _run(_Round(visits, at_once))


def _run(running: _Round) -> ExitCode:
    _import_early(running.visits)
    gc.freeze()  # a collection in a child would copy every page that it shares with the others
    try:
        return running.run()
    except BrokenPipeError:
        return ExitCode.INTERRUPTED


def _first_line() -> bytes:
    """Up to the first newline, without a buffer in which later bytes could be lost to the
    selector."""
    line = bytearray()
    while not line.endswith(b"\n") and (chunk := os.read(_STDIN, _CHUNK)):
        line += chunk
    return bytes(line)


def _import_early(visits: Sequence[Visit]) -> None:
    for visit in visits:
        try:
            runner.import_early(wire.decode_plan(bytes(visit.plan)))
        except ProberError:  # the visit itself will say so
            continue


def _be_child(visit: Visit, writer: int) -> None:
    """Run one visit, with its output going to `writer`, and end."""
    code = int(ExitCode.UNKNOWN)
    try:
        os.dup2(writer, _STDOUT)
        os.dup2(os.open(os.devnull, os.O_RDONLY), _STDIN)
        # Among them the ends of other visits' pipes: who holds one keeps the others from noticing
        # that nobody reads.
        os.closerange(3, _EVERY_FILE)
        code = _visit(visit)
    except Exception as error:  # noqa: BLE001 - the last net of this process: nobody above it could say what happened
        _write(
            wire.encode_failure(f"a defect of the agent: {type(error).__name__}: {error}") + b"\n"
        )
    finally:
        # Not sys.exit: that would run the parent's exit handlers, and flush its buffers, a second
        # time.
        os._exit(code)


def _visit(visit: Visit) -> int:
    try:
        plan = wire.decode_plan(bytes(visit.plan))
        os.environ.update(visit.proxies)
        place = (
            enter(visit.container, visit.addresses)
            if visit.container
            else Place(RESOLV_CONF, HOSTS)
        )
    except ProberError as error:
        _write(wire.encode_failure(str(error), error.hint) + b"\n")
        return int(error.exit_code)
    return asyncio.run(runner.run_until_signal(plan, place.resolv_conf, place.hosts))


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(_STDOUT, view) :]


if __name__ == "__main__":
    sys.exit(main())
