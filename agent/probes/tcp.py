"""TCP: does a connection come about, and what does the server say first."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import socket

from agent.contract import Context
from agent.evidence import classify
from agent.net import sockets
from agent.probes import prelude
from agent.result import AttemptResult
from prober.model.probe import Probe

BANNER_WAIT = 0.25
"""Seconds. Servers that speak first (SSH, SMTP, MySQL) do so at once; the others must not cost
time."""
BANNER_LENGTH = 80


async def probe(probe: Probe, context: Context) -> AttemptResult:
    """Connect; with `banner`, listen for a moment."""
    deadline = asyncio.get_running_loop().time() + probe.timeout
    dialled = await prelude.dial(probe, context, deadline)
    if isinstance(dialled, AttemptResult):
        return dialled
    with sockets.closing(dialled.sock) as sock:
        return await _listen(sock, dialled.result) if probe.banner else dialled.result


async def _listen(sock: socket.socket, result: AttemptResult) -> AttemptResult:
    """What the server says first, or that it closed or reset the connection; silence is fine."""
    started = asyncio.get_running_loop().time()
    if not await sockets.readable(sock, started + BANNER_WAIT):
        return result
    phases = {**result.phases, "reply": sockets.elapsed_ms(started)}
    try:
        said = sock.recv(4 * BANNER_LENGTH)
    except BlockingIOError:
        return result
    except OSError as error:
        reading = classify.of_stream(error)
        seen = dataclasses.replace(result.evidence, errno=classify.name_of(error.errno or 0))
        return dataclasses.replace(
            result, outcome=reading.outcome, phases=phases, evidence=seen, detail=reading.detail
        )
    if not said:
        return dataclasses.replace(
            result, phases=phases, detail="the server closed the connection without a word"
        )
    seen = dataclasses.replace(result.evidence, banner=printable(said))
    return dataclasses.replace(result, phases=phases, evidence=seen)


def printable(said: bytes) -> str:
    """The first line of what was said, without what a terminal would act upon, at most 80
    characters."""
    line = said.lstrip().splitlines()[0] if said.strip() else b""
    with contextlib.suppress(UnicodeDecodeError):
        text = line.decode("utf-8")
        return "".join(char if char.isprintable() else "." for char in text)[:BANNER_LENGTH]
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in line)[:BANNER_LENGTH]
