"""Starts a lab that outlives the command that started it."""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import dataclass, replace

from prober.fabric.lab.building.describe import description, slot_names, summary
from prober.fabric.lab.fabric import LabFabric
from prober.fabric.lab.keeper import launch
from prober.fabric.lab.keeper.launch import Launch
from prober.fabric.lab.keeper.registry import Record, Registry, start_time


@dataclass(frozen=True, slots=True)
class DetachedLab:
    """A lab that is up."""

    record: Record
    channel: socket.socket

    async def ended(self) -> None:
        """Return when the lab has ended, by whomever."""
        while await launch.receive(self.channel) is not None:
            pass


async def start(registry: Registry, name: str, lab: LabFabric) -> DetachedLab:
    """Build the lab under this name and let go of it. Raises `UsageError` when the name is taken,
    `FabricError` when it cannot be built; then nothing is left."""
    record = registry.claim(name)
    try:
        return await _start(registry, record, lab)
    except BaseException:
        registry.forget(name)
        raise


async def _start(registry: Registry, record: Record, lab: LabFabric) -> DetachedLab:
    log = registry.log(record.name)
    with registry.listen(record.name) as listener:
        started = launch.launch(listener, log=log)
    os.close(log)
    try:
        await started.build(lab.blueprint)
        record = replace(
            record,
            process=started.keeper,
            started=start_time(started.keeper),
            summary=summary(lab.world),
            description=description(lab.world),
            slots=slot_names(lab.world, lab.vantages()),
        )
        registry.write(record)
        await _let_go(started)
    except BaseException:
        await started.end()
        raise
    return DetachedLab(record, started.channel)


async def _let_go(started: Launch) -> None:
    await launch.send(started.channel, "detach")
    await launch.receive(started.channel)
    await asyncio.to_thread(started.process.wait)
