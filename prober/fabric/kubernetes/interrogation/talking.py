"""One exec: what a command writes until it ends, or until it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from prober.fabric.kubernetes.client.api import Api
from prober.model.errors import FabricError

_STDIN, _STDOUT = 0, 1
LARGEST = 16 * 1024 * 1024
"""Bytes of one answer that are kept: the rules of a large node."""
LONGEST = 40.0
"""Seconds that anybody is listened to."""


@dataclass(slots=True)
class Listening:
    """A command that is listened to."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """It said that it is ready, or ended."""
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    """It may end now."""


async def listen(
    api: Api,
    at: tuple[str, str, str],
    command: Sequence[str],
    *,
    line: bytes = b"",
    listening: Listening | None = None,
    ready: Callable[[bytes], bool] = bool,
    ends_itself: bool = False,
) -> bytes:
    """What the command in the container `at` (namespace, pod, container) writes.

    `ready` says by what was written so far that it has begun. Told that it is enough, a command
    that `ends_itself` gets an empty line and is waited for; another one is left. Raises `ApiError`
    when it cannot be run, and `FabricError` when it takes too long.
    """
    listening = listening or Listening()
    said = bytearray()
    try:
        async with asyncio.timeout(LONGEST), api.exec(*at, command) as websocket:
            await websocket.send_bytes(bytes((_STDIN,)) + line + b"\n")
            stop = asyncio.ensure_future(listening.enough.wait())
            try:
                while not stop.done() or ends_itself:
                    incoming = asyncio.ensure_future(websocket.receive())
                    if not stop.done():
                        await asyncio.wait({incoming, stop}, return_when=asyncio.FIRST_COMPLETED)
                        if stop.done() and ends_itself:
                            await websocket.send_bytes(bytes((_STDIN,)) + b"\n")
                        elif stop.done() and not incoming.done():
                            incoming.cancel()
                            break
                    if not _taken(await incoming, said):
                        break
                    if ready(bytes(said[:4096])):
                        listening.begun.set()
            finally:
                stop.cancel()
            return bytes(said)
    except TimeoutError as error:
        raise FabricError(f"{at[0]}/{at[1]} did not answer within {LONGEST:.0f} s") from error
    finally:
        listening.begun.set()


def _taken(message: object, said: bytearray) -> bool:
    """Keep what it wrote; False: that was all."""
    from aiohttp import WSMessage, WSMsgType

    if not isinstance(message, WSMessage) or message.type is not WSMsgType.BINARY:
        return False
    if message.data and message.data[0] == _STDOUT and len(said) < LARGEST:
        said += message.data[1:]
    return True
