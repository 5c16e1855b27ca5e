"""A line to every page that is open, as server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field

from aiohttp import web

from prober.history.summary import Summary
from prober.web.guards import add_headers

MOST_STREAMS = 100
"""Pages that are open at once; more are told to come back."""
_MOST_WAITING = 50
_ALIVE_SECONDS = 15.0
"""Between two comments that keep proxies from closing a quiet stream."""


@dataclass(slots=True)
class Events:
    """The pages that are open."""

    queues: set[asyncio.Queue[str]] = field(default_factory=set)
    ended: bool = False

    def end(self) -> None:
        """Let every stream end."""
        self.ended = True
        for queue in self.queues:
            with contextlib.suppress(asyncio.QueueFull):
                queue.put_nowait(": the end\n\n")

    def tell(self, runs: list[Summary]) -> None:
        """Say to every page that there are new runs, or with none that the state has changed. A
        page that does not read misses it: it asks again when it connects again."""
        said = [{"id": run.id, "scenario": run.scenario, "started": run.started} for run in runs]
        lines = [f"event: run\ndata: {json.dumps(run)}\n\n" for run in said]
        for line in lines or ["event: state\ndata: \n\n"]:
            for queue in self.queues:
                with contextlib.suppress(asyncio.QueueFull):
                    queue.put_nowait(line)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Tell of new runs until the page is closed."""
        if len(self.queues) >= MOST_STREAMS:
            raise web.HTTPServiceUnavailable(text="too many pages are open\n")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        add_headers(response)
        queue: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self.queues.add(queue)
        try:
            await response.prepare(request)
            await response.write(b"retry: 3000\n\n")
            while not self.ended:
                await response.write((await self._next(queue)).encode())
        except ConnectionError:
            pass
        finally:
            self.queues.discard(queue)
        return response

    async def _next(self, queue: asyncio.Queue[str]) -> str:
        """The next line, or a comment when there is nothing to say."""
        try:
            return await asyncio.wait_for(queue.get(), _ALIVE_SECONDS)
        except TimeoutError:
            return ": alive\n\n"
