"""A command in a container: one line in, bytes out, over the channels of a websocket.

The subprotocol is that of `kubectl exec`: the first byte of each message is its channel. Stdin
cannot be closed before version 5, so whatever is run starts when it has read one line.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import msgspec

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.objects import Status
from prober.model.bounds import plain
from prober.model.decoding import UNREADABLE
from prober.model.errors import FabricError

_STDIN, _STDOUT, _STDERR, _ERROR = range(4)
_FRAME = 32_768
"""Bytes of one message: some proxies and API servers refuse long ones."""
_KEPT = 2_000
"""Bytes of stderr that are kept, from its end."""


async def execute(
    api: Api, namespace: str, pod: str, container: str, command: Sequence[str], line: bytes
) -> AsyncGenerator[bytes, None]:
    """What the command writes, in pieces as they come. Raises `ApiError` when it cannot be run,
    `FabricError` when it ended with an error."""
    from aiohttp import WSMsgType

    said = b""
    async with api.exec(namespace, pod, container, command) as websocket:
        data = line + b"\n"
        for start in range(0, len(data), _FRAME):
            await websocket.send_bytes(bytes((_STDIN,)) + data[start : start + _FRAME])
        async for message in websocket:
            if message.type is not WSMsgType.BINARY or not message.data:
                continue
            channel, content = message.data[0], message.data[1:]
            if channel == _STDOUT:
                yield content
            elif channel == _STDERR:
                said = (said + content)[-_KEPT:]
            elif channel == _ERROR:
                _end(content, said)


def _end(content: bytes, said: bytes) -> None:
    """What the last message says about how the command ended."""
    try:
        status = msgspec.json.decode(content, type=Status)
    except UNREADABLE:
        status = Status(content.decode("utf-8", "replace"))
    if status.status == "Success":
        return
    lines = said.decode("utf-8", "replace").strip().splitlines()
    last = f"; the last that it said: {plain(lines[-1], 300)}" if lines else ""
    raise FabricError(
        f"the agent ended with an error: {plain(status.message)}{last}",
        hint="the agents must be of the same release as prober: prober install --image IMAGE",
    )
