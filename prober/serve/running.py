"""Serve until told to end."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from prober.model.errors import ProberError
from prober.serve.application import Pages
from prober.web.credentials import Credentials

LOOK_EVERY = 2.0
"""Seconds between two looks at the folders."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen, and for whom."""

    addresses: Sequence[str]
    port: int
    names: Collection[str] = ()
    """Names, beside its addresses and localhost, by which browsers may ask for it."""
    credentials: Credentials = field(default_factory=Credentials)
    tls: ssl.SSLContext | None = None


async def serve(pages: Pages, listening: Listening, ready: Callable[[str], None]) -> None:
    """Answer until the task is cancelled. `ready` gets the address of the first page. Raises
    `ProberError` where it cannot listen."""
    await pages.shelf.look()
    application = pages.application(listening.names, listening.credentials)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    watching = asyncio.create_task(pages.shelf.watch(LOOK_EVERY, pages.events.tell), name="watch")
    try:
        await _start(runner, listening)
        ready(_url(listening, runner.addresses[0][1]))
        await watching  # until it fails, or all of this is cancelled
    finally:
        pages.events.end()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await runner.cleanup()


async def _start(runner: web.AppRunner, listening: Listening) -> None:
    """On every address, with the port that the first was given where it may be any."""
    port = listening.port
    for address in listening.addresses:
        try:
            await web.TCPSite(runner, address, port, ssl_context=listening.tls).start()
        except OSError as error:
            raise ProberError(
                f"{address}:{port} cannot be listened on: {error.strerror}",
                hint="give another --address or --port",
            ) from error
        port = runner.addresses[0][1]


def _url(listening: Listening, port: int) -> str:
    address = listening.addresses[0]
    host = f"[{address}]" if ":" in address else address
    return f"{'https' if listening.tls else 'http'}://{host}:{port}/"
