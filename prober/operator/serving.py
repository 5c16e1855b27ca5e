"""The operator's own small server: how it is, and what it measures.

    /healthz    200 while its loop turns
    /readyz     200 when the API server was reached lately
    /metrics    for Prometheus

There is no other path, and none takes anything from the request.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from prober.model.errors import FabricError

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


@asynccontextmanager
async def serving(
    address: str, port: int, pulse: Pulse, metrics: Callable[[str], tuple[bytes, str]]
) -> AsyncIterator[None]:
    """Answers while the context lasts. `metrics` gives the text for an Accept header, and its
    content type. Raises `FabricError` when the port cannot be bound."""

    async def healthz(_: web.Request) -> web.Response:
        return _state(time.monotonic() - pulse.turned < PATIENCE, "the loop does not turn")

    async def readyz(_: web.Request) -> web.Response:
        lately = time.monotonic() - pulse.answered < PATIENCE
        return _state(lately, "the API server does not answer")

    async def measured(request: web.Request) -> web.Response:
        text, kind = metrics(request.headers.get("Accept", ""))
        return web.Response(body=text, headers={"Content-Type": kind})

    application = web.Application()
    application.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", measured),
        ]
    )
    running = web.AppRunner(application, access_log=None)
    await running.setup()
    try:
        await _bind(running, address, port)
        yield
    finally:
        await running.cleanup()


async def _bind(running: web.AppRunner, address: str, port: int) -> None:
    try:
        await web.TCPSite(running, address, port, shutdown_timeout=2.0).start()
    except OSError as error:
        raise FabricError(
            f"{address}:{port} cannot be bound: {error}", hint="choose another with --port"
        ) from error


def _state(well: bool, otherwise: str) -> web.Response:
    return web.Response(text=f"{'ok' if well else otherwise}\n", status=200 if well else 503)
