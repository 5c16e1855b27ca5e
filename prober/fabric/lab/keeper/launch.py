"""Starts a keeper and talks to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from prober.fabric.lab.keeper import control
from prober.fabric.lab.keeper.control import Message
from prober.fabric.lab.keeper.requirements import check
from prober.fabric.lab.world.blueprint import Blueprint
from prober.model.errors import FabricError

_PATIENCE = 10.0
"""Seconds for the keeper to end by itself."""


class Launch:
    """A keeper process that was started from here."""

    def __init__(self, process: subprocess.Popen[bytes], channel: socket.socket) -> None:
        self.process = process
        self.channel = channel
        self.keeper = 0
        """The keeper's process id; 0 until it has said so."""

    async def build(self, blueprint: Blueprint) -> None:
        """Have the lab built. Raises `FabricError` with the keeper's reason."""
        content = control.memory_file("blueprint", msgspec.json.encode(blueprint))
        try:
            control.send(self.channel, "build", [content])
        except OSError:
            pass  # it has ended already: what it said before that is still to be read
        finally:
            os.close(content)
        while True:
            message = await receive(self.channel)
            if message is None:
                raise FabricError(
                    f"the lab's keeper ended while it built the lab{self._last_words()}",
                    hint="this is a defect, or the machine ended it (out of memory?)",
                )
            if message.kind == "failed":
                raise FabricError(str(message.body["message"]), hint=str(message.body["hint"]))
            if message.kind == "born":
                self.keeper = int(message.body["pid"])
            if message.kind == "built":
                return

    def _last_words(self) -> str:
        if self.process.stderr is None:
            return ""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        os.set_blocking(self.process.stderr.fileno(), False)
        lines = (self.process.stderr.read() or b"").decode("utf-8", "replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    async def end(self) -> None:
        """Hang up, which ends the lab, and wait until its last process is gone. May be cancelled
        only once."""
        self.channel.close()
        await asyncio.shield(asyncio.to_thread(self._wait))

    def _wait(self) -> None:
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()  # its keeper dies with it
            self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()


def launch(listener: socket.socket | None = None, *, log: int | None = None) -> Launch:
    """Start a keeper, which waits for its blueprint. Raises `FabricError` when the lab cannot run
    here.

    `listener` lets others connect to it later. `log` is an open file for its standard error.
    """
    check()
    # A socket pair and no path: there is nothing in the file system to clean up, and nobody else
    # can connect.
    ours, theirs = control.pair()
    ours.setblocking(False)
    passed = [theirs.fileno(), *([listener.fileno()] if listener else [])]
    process = subprocess.Popen(
        # -P keeps the current directory out of sys.path: a file `agent.py` that lies where somebody
        # starts prober must not become part of the lab.
        [sys.executable, "-P", "-m", "prober.fabric.lab.keeper.main", *map(str, passed)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if log is None else log,
        pass_fds=passed,
        start_new_session=True,  # Ctrl-C is for the starter, which then hangs up
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    theirs.close()
    return Launch(process, ours)


async def receive(channel: socket.socket) -> Message | None:
    """The next message of a non-blocking channel; None when the other side has closed."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            return control.receive(channel)
        except BlockingIOError:
            await _readable(loop, channel)
        except ConnectionResetError:
            # it closed without reading everything; what it said before that is still there to be
            # read
            continue


async def _readable(loop: asyncio.AbstractEventLoop, channel: socket.socket) -> None:
    ready: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(channel, wake)
    try:
        await ready
    finally:
        loop.remove_reader(channel)


async def send(
    channel: socket.socket, kind: str, files: Sequence[int] = (), **body: object
) -> None:
    """Send on a non-blocking channel, and wait while the keeper has too much to read."""
    while True:
        try:
            control.send(channel, kind, files, **body)
        except BlockingIOError:
            await asyncio.sleep(0.005)
        else:
            return
