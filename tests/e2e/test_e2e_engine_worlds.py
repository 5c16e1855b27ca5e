"""What the engine that runs makes of what the API of NetworkPolicy leaves open: the table of engines,
measured. Asked for with PROBER_E2E_WORLDS=all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e_agents import installed
from e2e_cilium_worlds import (
    KNOWN,
    SPACES,
    base,
    engine_differences,
    objects_of,
    of_world,
    scenario,
    wait_until_known,
    worlds,
)
from e2e_cluster import Cluster

WORLDS = worlds("engine_worlds.yaml")

pytestmark = pytest.mark.skipif(
    os.environ.get("PROBER_E2E_WORLDS") != "all",
    reason="engines are measured where PROBER_E2E_WORLDS=all asks for it",
)


@pytest.fixture(scope="module")
def ready(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster with the pods of one world, and agents."""
    cluster.apply(*base(cluster.image, 0))
    spaces = [f"{space}0" for space in SPACES]
    for space in spaces:
        cluster.kubectl(
            "wait", "pods", "--all", "-n", space, "--for=condition=Ready", "--timeout=300s"
        )
    with installed(cluster):
        yield cluster
    cluster.kubectl("delete", "namespace", *spaces, "--wait=false")


@pytest.mark.parametrize("name", WORLDS)
def test_the_engine_does_what_the_table_says(ready: Cluster, tmp_path: Path, name: str) -> None:
    if ready.policy == "none":
        pytest.skip("nobody enforces")
    objects = objects_of(WORLDS[name], 0)
    file = tmp_path / "worlds.yaml"
    file.write_text(scenario([0], whole=True), "utf-8")
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    try:
        ready.apply(*objects)
        wait_until_known()
        done = ready.prober("run", str(file), "-o", "json")
    finally:
        ready.kubectl("delete", "-f", "-", "--ignore-not-found", input_text=listed)
    told = engine_differences(of_world(json.loads(done.stdout), 0))
    first_port_only = ready.policy == "cilium" and name == "a range of ports"
    assert not told or first_port_only, "\n".join([*told, *KNOWN.get("ranges of ports", ())])
