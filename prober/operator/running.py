"""One run of one scenario in the cluster: what `prober run` does, without a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from prober.coordinator.run import Request, execute
from prober.fabric.kubernetes import Access, KubernetesFabric, Settings
from prober.model.check import Check
from prober.model.errors import FabricError, InputError
from prober.model.run import RunRecord
from prober.model.snapshot import Snapshot
from prober.scenario import Scenario, resolve

LONGEST = 900.0
"""Seconds after which a run is ended, as a Job of `prober install --run` is."""
Run = Callable[[Scenario], "asyncio.Future[RunRecord]"]


class UnresolvedError(InputError):
    """The scenario is sound, and names what the cluster does not have."""


async def run_in_cluster(access: Access, settings: Settings, scenario: Scenario) -> RunRecord:
    """Run it once. Raises `UnresolvedError` for names that the cluster does not have, and
    `FabricError` when the cluster cannot be probed, or not in time."""

    def resolved(snapshot: Snapshot) -> Sequence[Check]:
        try:
            return resolve(scenario, snapshot)
        except InputError as error:
            raise UnresolvedError(error.mistakes, hint=error.hint) from error

    try:
        async with asyncio.timeout(LONGEST), KubernetesFabric(access, settings) as fabric:
            return await execute(fabric, Request(scenario.name, resolved))
    except TimeoutError as error:
        raise FabricError(
            f"the run had not ended after {LONGEST:.0f} s",
            hint="split the scenario, or shorten the timeouts of its checks",
        ) from error
