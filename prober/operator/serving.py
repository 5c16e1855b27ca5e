"""The operator's own small server: how it is, and what it measures.

    /healthz    200 while its loop turns
    /readyz     200 when the API server was reached lately
    /metrics    for Prometheus, who may have to show a secret

There is no other path, and none takes more from the request than that secret.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from prober.model.errors import FabricError
from prober.web.credentials import Credentials
from prober.web.guards import guards
from prober.web.server_secret import ServerSecret

PATIENCE = 60.0
"""Seconds without a turn of the loop, or an answer of the API server, before that is a fault."""


@dataclass(slots=True)
class Pulse:
    """When the loop turned last, and when the API server answered last."""

    turned: float = field(default_factory=time.monotonic)
    answered: float = float("-inf")

    def beat(self, *, answered: bool) -> None:
        """The loop turned."""
        self.turned = time.monotonic()
        if answered:
            self.answered = self.turned


@dataclass(frozen=True, slots=True)
class Listening:
    """Where it listens, and for whom."""

    address: str
    port: int
    guard: ServerSecret = field(default_factory=ServerSecret)


Scrape = Callable[[str], tuple[bytes, str]]
"""The text for an Accept header, and its content type."""


@asynccontextmanager
async def serving(listening: Listening, pulse: Pulse, metrics: Scrape) -> AsyncIterator[None]:
    """Answers while the context lasts. Raises `FabricError` when the port cannot be bound."""
    guarded = application(listening.guard.credentials, pulse, metrics)
    running = web.AppRunner(guarded, access_log=None, shutdown_timeout=2.0)
    await running.setup()
    try:
        await _bind(running, listening)
        yield
    finally:
        await running.cleanup()


def application(credentials: Credentials, pulse: Pulse, metrics: Scrape) -> web.Application:
    """The three paths."""

    async def healthz(_: web.Request) -> web.Response:
        return _state(time.monotonic() - pulse.turned < PATIENCE, "the loop does not turn")

    async def readyz(_: web.Request) -> web.Response:
        lately = time.monotonic() - pulse.answered < PATIENCE
        return _state(lately, "the API server does not answer")

    async def measured(request: web.Request) -> web.Response:
        text, kind = metrics(request.headers.get("Accept", ""))
        return web.Response(body=text, headers={"Content-Type": kind})

    made = web.Application(middlewares=guards(None, credentials))
    paths = {"/healthz": healthz, "/readyz": readyz, "/metrics": measured}
    made.add_routes([web.get(path, handler) for path, handler in paths.items()])
    return made


async def _bind(running: web.AppRunner, listening: Listening) -> None:
    address, port, tls = listening.address, listening.port, listening.guard.tls
    try:
        await web.TCPSite(running, address, port, ssl_context=tls).start()
    except OSError as error:
        raise FabricError(
            f"{address}:{port} cannot be bound: {error}", hint="choose another with --port"
        ) from error


def _state(well: bool, otherwise: str) -> web.Response:
    return web.Response(text=f"{'ok' if well else otherwise}\n", status=200 if well else 503)
