"""The lab as a fabric: what the coordinator runs on when there is no cluster."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import cached_property

from prober.fabric.base import Caveat
from prober.fabric.lab.building.build import build_blueprint
from prober.fabric.lab.building.process_slots import slots
from prober.fabric.lab.keeper.launch import launch
from prober.fabric.lab.keeper.runs import Runs
from prober.fabric.lab.world import statements
from prober.fabric.lab.world.blueprint import Blueprint
from prober.fabric.lab.world.world import World, settle
from prober.model.check import Vantage, VantageKind
from prober.model.errors import FabricError
from prober.model.lab import Enforcement, Fault, LabSpec
from prober.model.probe import Failure, Observed, Plan
from prober.model.run import FabricInfo
from prober.model.snapshot import Snapshot
from prober.model.testimony import SearchScope, Testimony

_MANNERS = {
    Enforcement.REJECT: "nft, rejects",
    Enforcement.DROP: "nft, drops",
    Enforcement.NONE: "none: policies are stored and not enforced",
}


class LabFabric:
    """A small world in network namespaces, built from manifests. Implements
    `prober.fabric.base.Fabric`.

    `enforcement` wins over the spec's; `faults` come on top of the spec's. Everything is decided
    when the object is made, so that a wrong fault is a `UsageError` here; entering builds it,
    leaving takes it away.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        spec: LabSpec,
        *,
        enforcement: Enforcement | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        self._statements = spec.statements
        self._world = settle(snapshot, spec, enforcement=enforcement, faults=faults)
        self._blueprint = build_blueprint(self._world)
        self._stack = contextlib.AsyncExitStack()
        self._runs: Runs | None = None

    @property
    def world(self) -> World:
        """Everything that was decided about this lab."""
        return self._world

    @property
    def blueprint(self) -> Blueprint:
        """What its keeper builds."""
        return self._blueprint

    def caveats(self) -> Sequence[Caveat]:
        doubtful = {caveat.text for caveat in self._world.idle_blocks}
        plain = (Caveat(text) for text in self._world.warnings if text not in doubtful)
        return (*plain, *self._world.idle_blocks)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was changed or is odd about the world, in sentences for people."""
        return self._world.warnings

    @cached_property
    def hosts(self) -> Mapping[str, tuple[str, ...]]:
        """Name or alias of each host outside → its addresses."""
        return {
            name: host.addresses
            for host in self._world.outside
            for name in (host.name, *host.aliases)
        }

    async def __aenter__(self) -> LabFabric:
        started = launch()
        self._stack.push_async_callback(started.end)
        try:
            await started.build(self._blueprint)
            self._runs = await self._stack.enter_async_context(Runs(started.channel))
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._runs = None
        await self._stack.aclose()

    def info(self) -> FabricInfo:
        snapshot = self._world.snapshot
        return FabricInfo(
            kind="lab",
            name="lab",
            enforcement=_MANNERS[self._world.enforcement],
            nodes=len(snapshot.nodes),
            pods=sum(pod.running for pod in snapshot.pods.values()),
        )

    async def snapshot(self) -> Snapshot:
        return self._world.snapshot

    @cached_property
    def _vantages(self) -> tuple[Vantage, ...]:
        return tuple(slots(self._world))

    def vantages(self) -> Sequence[Vantage]:
        return self._vantages

    def inside(self) -> Sequence[Vantage]:
        """Its pods. See `prober.fabric.base.Resident`."""
        return [vantage for vantage in self._vantages if vantage.kind is VantageKind.POD]

    async def run(
        self, plans: Sequence[tuple[Vantage, Plan]]
    ) -> AsyncGenerator[Observed | Failure, None]:
        """Run all plans at once. See `Fabric.run`."""
        if self._runs is None:
            raise FabricError("the lab is not up", hint="use it as an async context manager")
        queue: asyncio.Queue[Observed | Failure | None] = asyncio.Queue()
        runs = self._runs

        async def everything() -> None:
            try:
                async with asyncio.TaskGroup() as group:
                    for vantage, plan in plans:
                        group.create_task(
                            runs.run(vantage.id, plan, queue.put_nowait),
                            name=f"vantage {vantage.id}",
                        )
            finally:
                queue.put_nowait(None)

        task = asyncio.create_task(everything(), name="lab run")
        try:
            while (item := await queue.get()) is not None:
                yield item
            await task
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def testimony(self, scope: SearchScope) -> Testimony:
        """What the Lab document lets its pods say. See `prober.fabric.base.Witness`."""
        return statements.testimony(self._statements, scope)

    async def command(self, vantage: Vantage, *command: str) -> tuple[int, str]:
        """Run a command at a vantage to its end; its exit code, and what it printed on either
        output."""
        if self._runs is None:
            raise FabricError("the lab is not up", hint="use it as an async context manager")
        return await self._runs.command(vantage.id, command)
