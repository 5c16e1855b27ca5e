"""The runner: a plan in, observations out, one line each, as they happen.

    python -m agent.runner < plan.json
    python -m agent.runner --plan plan.json.gz
    PLAN=… python -m agent.runner --plan-variable PLAN

All probes run at once in one process, as tasks on one event loop, so that their timeouts overlap.
How many at once is bounded only by the limit of open files, which is raised first. They are started
a few at a time: a burst of thousands of connects would keep the loop from hearing the first
answers, and the times would be the prober's own.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import gc
import gzip
import importlib
import os
import signal
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent import probes, wire
from agent.attempts import observe
from agent.contract import Context
from agent.loop_lag import LagMeter
from agent.net import limits, sockets
from agent.net.resolvconf import HOSTS, RESOLV_CONF
from agent.net.resolver import Resolver
from agent.output import LineWriter, be_quiet
from agent.pacing import Pace, spread
from agent.path.rst_origin import RstOrigin
from prober.model.errors import ExitCode, ProberError, UsageError
from prober.model.outcome import Observation
from prober.model.probe import Plan, Probe, ProbeKind

if TYPE_CHECKING:
    import argparse

BATCH = 16
"""Probes that are started before the loop looks at its sockets again: about two milliseconds of
work."""
SOON = 0.002
"""Seconds that a probe may start before its turn: what a timer of the event loop is good for."""
_GZIP = b"\x1f\x8b"


async def run_plan(
    plan: Plan,
    on_observation: Callable[[Observation], None],
    *,
    resolv_conf: Path = RESOLV_CONF,
    hosts: Path = HOSTS,
) -> None:
    """Run all probes of the plan. `on_observation` gets each observation as it is made. When it
    returns, there was one of every probe; when it is cancelled, the probes stop."""
    budget = limits.share_out(limits.raise_file_limit(), limits.open_files(), needs_of(plan))
    import_early(plan)
    # Both are made for one run and thrown away with it: a resolver that outlived its run would
    # answer from a configuration that may have changed, and how far a target is can change when a
    # pod moves.
    resolver, rst_origin = Resolver.of_files(resolv_conf, hosts), RstOrigin()
    with LagMeter() as lag, _without_collector():
        context = Context(resolver, lag, rst_origin, asyncio.Semaphore(budget.traceroutes))
        try:
            await _run_all(plan, context, budget.probes, on_observation)
        finally:
            await rst_origin.close()
            await resolver.close()


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector out: walking thousands of live tasks again and again is a pause
    that no probe wants, and a run leaves next to nothing that reference counts do not free."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def import_early(plan: Plan) -> None:
    """Import what the plan needs.

    Imports take time that must not count as the network's; and what a plan does not need is not
    imported at all.
    """
    for kind in {probe.kind for probe in plan.probes}:
        probes.load(kind)
    if any(_may_need_dns(probe) for probe in plan.probes):
        importlib.import_module("agent.net.dns_query")
    if any(probe.url.startswith("https:") for probe in plan.probes):
        importlib.import_module("agent.net.handshake")


def needs_of(plan: Plan) -> limits.Needs:
    """What the probes of a plan open beside a socket each."""
    names = {probe.host or probe.url for probe in plan.probes if _may_need_dns(probe)}
    return limits.Needs(len(names), any(probe.hops for probe in plan.probes))


def _may_need_dns(probe: Probe) -> bool:
    return probe.kind is ProbeKind.DNS or not (probe.address or sockets.literal_address(probe.host))


async def _run_all(
    plan: Plan,
    context: Context,
    at_once: int,
    on_observation: Callable[[Observation], None],
) -> None:
    # A semaphore and not chunks of tasks: with chunks, one probe that waits for its timeout would
    # hold back all that come after it. Here the next probe starts when any other ends. It is taken
    # before the task is made, so that a plan of 100,000 probes has no more tasks alive than it has
    # sockets.
    slots, pace, loop = asyncio.Semaphore(at_once), Pace(plan), asyncio.get_running_loop()

    async def run(probe: Probe) -> None:
        try:
            on_observation(await observe(probe, probes.TABLE[probe.kind], context))
        finally:
            slots.release()

    async with asyncio.TaskGroup() as group:
        # What was tried and is worse: to start all tasks at once. The loop then runs thousands of
        # connects before it calls select() for the first time; SYN-ACKs wait in the sockets
        # meanwhile, and every probe of the burst looks slow. `sleep(0)` gives the loop one turn
        # after each batch, in which it reads what has arrived.
        for number, probe in enumerate(spread(plan), 1):
            await slots.acquire()
            now = loop.time()
            moment = pace.start(probe, now)
            if moment - now > SOON:
                await asyncio.sleep(moment - now)
            group.create_task(run(probe), name=f"probe {probe.id}")
            if number % BATCH == 0:
                await asyncio.sleep(0)


def main(argv: Sequence[str] | None = None) -> int:
    """Read a plan, run it, and return the exit code: 0 also when probes failed, 2 when the plan is
    wrong."""
    be_quiet()
    options = _parser().parse_args(argv)
    try:
        content = (
            _from_variable(options.plan_variable) if options.plan_variable else _read(options.plan)
        )
        plan = wire.decode_plan(content)
    except ProberError as error:
        sys.stdout.buffer.write(wire.encode_failure(str(error), error.hint) + b"\n")
        sys.stdout.buffer.flush()
        return int(error.exit_code)
    return asyncio.run(run_until_signal(plan, options.resolv_conf, options.hosts))


def _parser() -> argparse.ArgumentParser:
    import argparse  # not needed by those who call `run_plan`

    parser = argparse.ArgumentParser(
        prog="agent.runner", description="Runs a plan of probes; one line of JSON for each."
    )
    parser.add_argument(
        "--plan", metavar="FILE", help="read the plan from FILE (may be gzipped) instead of stdin"
    )
    parser.add_argument(
        "--plan-variable",
        metavar="NAME",
        help="read it from an environment variable: gzip in base64",
    )
    parser.add_argument(
        "--resolv-conf", type=Path, default=RESOLV_CONF, metavar="FILE", help="default: %(default)s"
    )
    parser.add_argument(
        "--hosts", type=Path, default=HOSTS, metavar="FILE", help="default: %(default)s"
    )
    return parser


def _read(file: str | None) -> bytes:
    """The plan's bytes. From stdin only the first line is read: a websocket cannot always close
    stdin."""
    if file is None:
        # The exec subprotocol of Kubernetes (v4) has no message for "stdin ends"; only v5, which
        # KEP-4006 added, has one. To read to the end of the file would wait for ever with the
        # others.
        return sys.stdin.buffer.readline()
    try:
        content = Path(file).read_bytes()
        return gzip.decompress(content) if content.startswith(_GZIP) else content
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(
            f"the plan {file} cannot be read: {error}", hint="name a readable file"
        ) from error


def _from_variable(name: str) -> bytes:
    """The plan of a container that has neither stdin nor a volume of its own."""
    try:
        return gzip.decompress(base64.b64decode(os.environ[name], validate=True))
    except (KeyError, binascii.Error, OSError, EOFError, zlib.error) as error:
        raise UsageError(
            f"the plan in ${name} cannot be read: {error}", hint="gzip it, then base64"
        ) from error


async def run_until_signal(plan: Plan, resolv_conf: Path, hosts: Path) -> int:
    """Run the plan, and end cleanly on SIGTERM, on SIGINT and when nobody reads the output any
    more."""
    # A handler that raised would do so inside of whichever task runs at that moment, and leave the
    # loop with callbacks half done. Cancelling the main task instead is an ordinary end: the task
    # group cancels the probes, sockets are closed, and the line that says why is still written.
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - for the type checker: a coroutine always runs in a task
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)

    # Called in the writer's thread. Nothing of asyncio may be touched from there but this one
    # function.
    def broken() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself meanwhile
            loop.call_soon_threadsafe(task.cancel)

    with LineWriter(sys.stdout.fileno(), broken) as writer:

        def write(observation: Observation) -> None:
            writer.emit(wire.encode_observation(observation, plan.nonce))

        try:
            await run_plan(plan, write, resolv_conf=resolv_conf, hosts=hosts)
            writer.emit(wire.encode_end(len(plan.probes), plan.nonce))
        except asyncio.CancelledError:
            why, hint = "the agent was stopped before all probes had ended", "run the plan again"
            writer.emit(wire.encode_failure(why, hint, plan.nonce))
            return int(ExitCode.INTERRUPTED)
    return int(ExitCode.OK)


if __name__ == "__main__":
    sys.exit(main())
