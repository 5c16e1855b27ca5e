"""All healthy worlds that are asked for, each with one run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml
from healthy_worlds import HEALTHY, Healthy
from several_at_once import asked_for, run_all

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
def healthy_runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> HealthyRuns:
    """By the name of the world: what a run in it came to, of those that are asked for."""
    wanted = {
        params["world"].name: params["world"] for params in asked_for(request, "healthy_runs")
    }
    root = tmp_path_factory.mktemp("healthy")
    return run_all(wanted, lambda name: _run(wanted[name], root), AT_ONCE)


async def _run(world: Healthy, root: Path) -> RunRecord:
    """Every pair of pods with a network of their own, and the world's own checks, in one run."""
    file = root / f"{world.name}.yaml"
    file.write_text(yaml.safe_dump(_scenario(world)))
    scenario = load_scenario(file)
    loaded = load_manifests([world.manifests], nodes=("n1", "n2"))
    fabric = LabFabric(
        loaded.snapshot, loaded.lab or LabSpec(), enforcement=Enforcement(world.enforcement)
    )

    def checks(snapshot: Snapshot) -> list[Check]:
        own = resolve(scenario, snapshot, outside=tuple(fabric.hosts), whole=True)
        # Pods on their node's network are left to the checks that say what is expected of them: the
        # API leaves it open.
        return [
            *own,
            *pair_checks(snapshot, timeout=TIMEOUT, wanted=lambda pod: not pod.host_network),
        ]

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


assert {world.manifests.name for world in HEALTHY} == {
    path.name for path in HEALTHY[0].manifests.parent.iterdir()
}
