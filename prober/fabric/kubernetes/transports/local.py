"""One wave of plans from this very machine, which is outside the cluster: the agent as a child
process.

Nobody can be asked to probe from any other host outside, so a person says which host of a scenario
this machine is.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TYPE_CHECKING

from agent.wire import encode_plan
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.streams import Emit, Item, streamed
from prober.fabric.kubernetes.probe_pods.payload import longest
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.settings import Settings
from prober.fabric.ledger import AgentFailureError, Ledger, chunks_of, hear, sealed
from prober.model.bounds import plain
from prober.model.check import Vantage
from prober.model.errors import FabricError
from prober.model.probe import Failure, Observed, Plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

COMMAND = (sys.executable, "-P", "-m", "agent", "run")
_MOST_SAID = 65_536
"""Bytes of its standard error that are read, to say why it ended."""
_MARGIN = 30
"""Seconds more than the plan can take, for the machine to be slow."""


class LocalTransport:
    """One call of `Fabric.run`, as far as it starts outside the cluster."""

    def __init__(self, api: Api, settings: Settings, reading: Reading, name: str) -> None:
        self._hosts = settings.outside
        self._name = name

    async def run(self, plans: Sequence[tuple[Vantage, Plan]]) -> AsyncGenerator[Item, None]:
        """Run all plans at once; a host that this machine is not yields one `Failure`."""

        async def work(emit: Emit) -> None:
            async with asyncio.TaskGroup() as group:
                for vantage, plan in plans:
                    group.create_task(
                        self._run(vantage, plan, emit), name=f"{self._name} {vantage.id}"
                    )

        async with aclosing(streamed(work, f"here {self._name}")) as items:
            async for item in items:
                yield item

    async def _run(self, vantage: Vantage, plan: Plan, emit: Emit) -> None:
        if vantage.name not in self._hosts:
            emit(Failure(vantage.id, *elsewhere(vantage.name)))
            return
        try:
            async with asyncio.timeout(longest(plan) + _MARGIN):
                await _probe(vantage, plan, emit)
        except TimeoutError:
            emit(
                Failure(
                    vantage.id,
                    "the agent on this machine did not end in time",
                    "run again, with fewer checks",
                )
            )
        except FabricError as error:
            emit(Failure(vantage.id, str(error), error.hint))


def elsewhere(name: str) -> tuple[str, str]:
    """Why nothing can be run at this host outside, and what to do."""
    why = f"{name} is outside the cluster, and nothing can be run there"
    return (
        why,
        f"where this machine is {name}: --outside {name}; else use a pod or a node as source",
    )


async def _probe(vantage: Vantage, plan: Plan, emit: Emit) -> None:
    """The plan's observations. Raises `FabricError` when the agent ends before its plan, or says
    what it may not."""
    plan = sealed(plan)
    ledger = Ledger(plan)
    async with _agent() as child:
        assert child.stdin and child.stdout and child.stderr  # noqa: S101 - they were asked for
        child.stdin.write(encode_plan(plan) + b"\n")
        with suppress(ConnectionError):  # it has ended already, and says why
            await child.stdin.drain()
        child.stdin.close()
        try:
            async for observation in hear(chunks_of(child.stdout), ledger):
                emit(Observed(vantage.id, observation))
        except AgentFailureError as error:
            raise FabricError(
                f"the agent could not run its plan: {error}", hint=error.hint
            ) from error
        if ledger.ended:
            return
        said = (await child.stderr.read(_MOST_SAID)).decode("utf-8", "replace").strip().splitlines()
    last = f": {plain(said[-1], 300)}" if said else ""
    raise FabricError(
        f"the agent on this machine ended before its plan did{last}", hint="run again"
    )


@asynccontextmanager
async def _agent() -> AsyncIterator[Process]:
    """The child, which is gone afterwards: it ends with its plan, and is killed when nobody waits
    for that."""
    child = await asyncio.create_subprocess_exec(*COMMAND, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    try:
        yield child
    except BaseException:
        with suppress(ProcessLookupError):
            child.kill()
        raise
    finally:
        await child.wait()
