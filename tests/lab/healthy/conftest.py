"""All healthy worlds, several at a time: where policies drop, a world spends its time waiting for silence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml
from healthy_worlds import HEALTHY, Healthy

from prober.coordinator.pairs import pair_checks
from prober.coordinator.run import Request, execute
from prober.fabric.lab import LabFabric
from prober.manifest import load_manifests
from prober.model.check import Check
from prober.model.lab import Enforcement, LabSpec
from prober.model.run import RunRecord
from prober.model.snapshot import Snapshot
from prober.scenario import load_scenario, resolve

TIMEOUT = 3.0
"""Seconds: much more than an answer takes, also on a busy machine."""
AT_ONCE = 5

HealthyRuns: TypeAlias = Mapping[str, RunRecord | Exception]


@pytest.fixture(scope="session")
def healthy_runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> HealthyRuns:
    """By the name of the world: what a run in it came to, of those that are asked for."""
    wanted = [
        item.callspec.params["world"]
        for item in request.session.items
        if "healthy_runs" in getattr(item, "fixturenames", ()) and hasattr(item, "callspec")
    ]
    root = tmp_path_factory.mktemp("healthy")

    async def everything() -> dict[str, RunRecord | Exception]:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(world: Healthy) -> RunRecord | Exception:
            async with room:
                try:
                    return await _run(world, root)
                except Exception as error:  # noqa: BLE001 - one world's defect is that world's failed test
                    return error

        found = await asyncio.gather(*map(one, wanted))
        return {world.name: record for world, record in zip(wanted, found, strict=True)}

    return asyncio.run(everything())


async def _run(world: Healthy, root: Path) -> RunRecord:
    """Every pair of pods with a network of their own, and the world's own checks, in one run."""
    file = root / f"{world.name}.yaml"
    file.write_text(yaml.safe_dump(_scenario(world)))
    scenario = load_scenario(file)
    loaded = load_manifests([world.manifests], nodes=("n1", "n2"))
    fabric = LabFabric(loaded.snapshot, loaded.lab or LabSpec(), enforcement=Enforcement(world.enforcement))

    def checks(snapshot: Snapshot) -> list[Check]:
        own = resolve(scenario, snapshot, outside=tuple(fabric.hosts))
        # Pods on their node's network are left to the checks that say what is expected of them: the API leaves it open.
        return [*own, *pair_checks(snapshot, timeout=TIMEOUT, wanted=lambda pod: not pod.host_network)]

    async with fabric:
        return await execute(fabric, Request(world.name, checks))


def _scenario(world: Healthy) -> Mapping[str, object]:
    return {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Scenario",
        "metadata": {"name": world.name},
        "defaults": {"timeout": f"{TIMEOUT:.0f}s"},
        "checks": list(world.checks),
    }


assert {world.manifests.name for world in HEALTHY} == {path.name for path in HEALTHY[0].manifests.parent.iterdir()}
