"""The long-lived process of an agent's pod: it says how it is, and does nothing else.

    python -m agent serve --address 127.0.0.1 --port 9731

    /healthz    200 while the event loop turns
    /readyz     200 when plans can be run here; 503 with a sentence when they cannot
    /metrics    about itself, for Prometheus; with --secret DIR over TLS, and for whoever has the
                secret

Plans do not come this way: they come by exec, which the API server authenticates, authorises and
audits. There is no path that dials, and none that takes anything from the request, so whoever
reaches the port can only read the above.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from agent.net import limits
from agent.serving import counters, metrics, ports
from prober import __version__
from prober.metrics.registry import Registry
from prober.model.errors import ExitCode, UsageError
from prober.web.guards import guards
from prober.web.server_secret import ServerSecret, read_server_secret

_INTERVAL = 1.0
"""Seconds between two looks at the loop's own delay."""
_REMEMBERED = 60
"""Looks that are remembered: a minute."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(slots=True)
class Daemon:
    """What the answers are made of."""

    enters_pods: bool
    """It was installed to enter the networks of pods."""
    counts: Path = counters.FILE
    secret: Path | None = None
    """A directory with `tls.crt`, `tls.key` and `credentials`; None: without TLS, for everybody."""
    fill: Callable[[Registry], None] = lambda _: None
    """Puts more into what is scraped."""
    guard: ServerSecret = field(default_factory=ServerSecret)
    started: float = field(default_factory=time.time)
    lags: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def read_secret(self) -> None:
        """Raises `UsageError` for a secret that lacks one of its three files."""
        self.guard = read_server_secret(self.secret)

    async def watch_itself(self) -> None:
        """Note again and again how late the loop wakes this task."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _INTERVAL
            await asyncio.sleep(_INTERVAL)
            self.lags.append(max(loop.time() - due, 0.0))

    def trouble(self) -> str:
        """Why plans cannot be run here; empty when they can."""
        if not self.enters_pods:
            return ""
        # Its parent is the container's shim, a process of the node; in a process namespace of its
        # own it has none.
        if not (parent := os.getppid()):
            return (
                "the agent is to enter pods, and does not see their processes: hostPID is missing"
            )
        try:
            Path(f"/proc/{parent}/ns/net").stat()
        except OSError as error:
            return f"the agent is to enter pods, and may not look into other processes: {error}"
        return ""

    async def healthz(self, _: web.Request) -> web.Response:
        """It is alive."""
        return web.Response(text="ok\n")

    async def readyz(self, _: web.Request) -> web.Response:
        """It can be given plans."""
        trouble = self.trouble()
        return web.Response(text=f"{trouble or 'ok'}\n", status=503 if trouble else 200)

    async def metrics(self, request: web.Request) -> web.Response:
        """Numbers about itself."""
        condition = metrics.Condition(
            version=__version__,
            enters_pods=self.enters_pods,
            started=self.started,
            lag=max(self.lags, default=0.0),
            open_files=limits.open_files(),
            file_limit=limits.raise_file_limit(),
        )
        accept = request.headers.get("Accept", "")
        body, content_type = metrics.scrape(
            condition, counters.read(self.counts), accept, self.fill
        )
        return web.Response(body=body, headers={"Content-Type": content_type})

    def application(self) -> web.Application:
        """The three paths. Anything else is a 404, any other method a 405."""
        application = web.Application(middlewares=guards(None, self.guard.credentials))
        paths: dict[str, Handler] = {
            "/healthz": self.healthz,
            "/readyz": self.readyz,
            "/metrics": self.metrics,
        }
        application.add_routes([web.get(path, handler) for path, handler in paths.items()])
        return application


async def serve(
    daemon: Daemon, address: str, port: int, ready: Callable[[int], None] = lambda _: None
) -> None:
    """Answer until SIGTERM or SIGINT. `ready` gets the port that was bound. Raises `OSError` when
    it cannot be."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    running = web.AppRunner(daemon.application(), access_log=None)
    await running.setup()
    watching = asyncio.create_task(daemon.watch_itself(), name="loop lag")
    try:
        site = web.TCPSite(
            running, address, port, shutdown_timeout=2.0, ssl_context=daemon.guard.tls
        )
        await site.start()
        ready(running.addresses[0][1])
        await ended.wait()
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await running.cleanup()


def parser(name: str, about: str) -> argparse.ArgumentParser:
    """The options of the long-lived process."""
    options = argparse.ArgumentParser(prog=name, description=about)
    options.add_argument(
        "--address", default="127.0.0.1", help="to listen on; default: %(default)s"
    )
    options.add_argument("--port", type=int, default=ports.METRICS, help="default: %(default)s")
    options.add_argument(
        "--enters-pods", action="store_true", help="not ready without the rights to enter pods"
    )
    options.add_argument(
        "--secret",
        type=Path,
        metavar="DIR",
        help="tls.crt and tls.key to serve with, and credentials: who may ask for metrics",
    )
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Serve, and return the exit code: 0 after a signal, 3 when the port cannot be bound."""
    options = parser("agent serve", "Says how the agent is: health and metrics.").parse_args(argv)
    daemon = Daemon(options.enters_pods, secret=options.secret)
    return run(daemon, options.address, options.port)


def run(
    daemon: Daemon,
    address: str,
    port: int,
    beside: Callable[[], asyncio.Task[None]] | None = None,
) -> int:
    """Serve until a signal, with this task beside it; the exit code."""

    async def all_of_it() -> None:
        task = beside() if beside else None
        try:
            await serve(daemon, address, port, _announce(daemon, address))
        finally:
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    try:
        daemon.read_secret()
        asyncio.run(all_of_it())
    except UsageError as error:
        print(f"error: {error}: {error.hint}", file=sys.stderr)  # noqa: T201 - its log
        return int(error.exit_code)
    except OSError as error:
        print(f"error: {address}:{port} cannot be bound: {error}", file=sys.stderr)  # noqa: T201 - its log
        return int(ExitCode.UNKNOWN)
    return int(ExitCode.OK)


def _announce(daemon: Daemon, address: str) -> Callable[[int], None]:
    def announce(port: int) -> None:
        if trouble := daemon.trouble():
            print(f"not ready: {trouble}", flush=True)  # noqa: T201 - its log
        where = f"[{address}]" if ":" in address else address
        scheme = "https" if daemon.guard.tls else "http"
        print((f"agent {__version__} says how it is on {scheme}://{where}:{port}"), flush=True)  # noqa: T201 - its log

    return announce


if __name__ == "__main__":
    sys.exit(main())
