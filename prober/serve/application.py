"""The paths. All of them read, and none takes more from a request than which run is meant."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import web

from prober.history.summary import Summary
from prober.metrics.runs import RunMetrics
from prober.model.errors import ProberError
from prober.report import render
from prober.report.html.assets import policy
from prober.report.html.document import render_html
from prober.serve.around import around
from prober.serve.events import Events
from prober.serve.overview import SCRIPTS, Overview, render_overview
from prober.serve.pieces import is_stale
from prober.serve.shelf import Shelf
from prober.web.credentials import Credentials
from prober.web.guards import guards

T = TypeVar("T")


@dataclass(slots=True)
class Pages:
    """What the answers are made of."""

    shelf: Shelf
    stale_after: datetime.timedelta
    now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)
    events: Events = field(default_factory=Events)
    metrics: RunMetrics = field(default_factory=RunMetrics)

    def __post_init__(self) -> None:
        self.shelf.tell = self.metrics.record

    def application(self, names: Collection[str], credentials: Credentials) -> web.Application:
        """The server, for these names of it. Anything but a GET of these paths is refused."""
        application = web.Application(middlewares=guards(names, credentials), client_max_size=1024)
        paths = {
            "/": self.overview,
            "/runs/{run}": self.run,
            "/runs/{run}/record.json": self.record,
            "/events": self.events.stream,
            "/metrics": self.metrics_text,
            "/healthz": self.healthz,
        }
        application.add_routes([web.get(path, handler) for path, handler in paths.items()])
        return application

    async def overview(self, _: web.Request) -> web.Response:
        """Is all well now."""
        shelf = self.shelf
        overview = Overview(
            shelf.runs, shelf.troubles, self.now(), self.stale_after, shelf.standings
        )
        return _page(render_overview(overview), policy(SCRIPTS, connects=True))

    async def run(self, request: web.Request) -> web.Response:
        """The page of a run."""

        def made() -> tuple[str, str]:
            record = self.shelf.record(summary.id)
            stale = is_stale(summary, self.now(), self.stale_after)
            beside = around(record, self.shelf.series(summary), stale=stale)
            return render_html(record, beside), policy(beside.scripts, connects=True)

        summary = self._summary(request)
        return _page(*await _made(made))

    async def record(self, request: web.Request) -> web.Response:
        """The record of a run, for programs."""
        summary = self._summary(request)
        text = await _made(lambda: render(self.shelf.record(summary.id), "json"))
        return web.Response(body=text.encode(), content_type="application/json")

    async def metrics_text(self, request: web.Request) -> web.Response:
        """What the runs come to, for Prometheus."""
        body, content_type = self.metrics.scrape(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def healthz(self, _: web.Request) -> web.Response:
        """The event loop turns."""
        return web.Response(text="ok\n")

    def _summary(self, request: web.Request) -> Summary:
        summary = self.shelf.get(request.match_info["run"])
        if summary is None:
            raise web.HTTPNotFound(text="there is no such run\n")
        return summary


async def _made(make: Callable[[], T]) -> T:
    """What takes a while, beside the event loop."""
    try:
        return await asyncio.to_thread(make)
    except ProberError as error:
        raise web.HTTPGone(text=f"{error}\n") from error


def _page(text: str, content_policy: str) -> web.Response:
    return web.Response(
        body=text.encode("utf-8", "replace"),
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": f"{content_policy}; frame-ancestors 'none'",
        },
    )
