"""Waits for thousands of sockets at once.

asyncio's own `add_writer` costs more than the connect that it waits for: a handle, a selector key
and several calls in Python for every socket, and again to take it back. Here all sockets of a loop
share one epoll descriptor, which the loop watches as if it were a single socket, so that a wait is
one system call to begin and one to end.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import weakref


class Readiness:
    """The sockets of one event loop that somebody waits for. Get it with `of_running_loop`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._epoll = select.epoll()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        loop.add_reader(self._epoll.fileno(), self._wake)

    async def wait(self, descriptor: int, events: int, deadline: float) -> None:
        """Return when one of `events` (bits of poll(2), which epoll shares) or an error is there,
        or at `deadline` (loop time): the caller looks which.

        One wait at a time for each descriptor.
        """
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        self._waiting[descriptor] = woken
        self._epoll.register(descriptor, events)
        timer = loop.call_at(deadline, _end, woken)
        try:
            await woken
        finally:
            timer.cancel()
            del self._waiting[descriptor]
            with contextlib.suppress(OSError):  # whoever owns the socket may have closed it
                self._epoll.unregister(descriptor)

    def _wake(self) -> None:
        for descriptor, _ in self._epoll.poll(0):
            if waiting := self._waiting.get(descriptor):
                _end(waiting)


_OF_LOOP: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Readiness] = (
    weakref.WeakKeyDictionary()
)


def of_running_loop() -> Readiness:
    """The one of the running loop."""
    loop = asyncio.get_running_loop()
    known = _OF_LOOP.get(loop)
    if known is None:
        known = _OF_LOOP[loop] = Readiness(loop)
    return known


def _end(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
