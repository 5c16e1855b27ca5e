"""Worlds of Cilium's own policies: whole matrices of pods, nodes, Services and a host outside are as
predicted, or as this version is known to differ.

PROBER_E2E_WORLDS=all tries every world, which takes a quarter of an hour; else a sample."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from e2e_agents import installed
from e2e_cilium_worlds import (
    AT_ONCE,
    KNOWN,
    SPACES,
    base,
    differences,
    objects_of,
    of_world,
    scenario,
    wait_until_known,
    worlds,
)
from e2e_cluster import Cluster

_SAMPLE = 8
_EACH = 7


def _packs() -> list[list[str]]:
    """The names of worlds that are tried at once; of a sample every seventh."""
    names = list(worlds())
    if os.environ.get("PROBER_E2E_WORLDS") != "all":
        names = names[::_EACH][:_SAMPLE]
    return [names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE)]


@pytest.fixture(scope="module")
def ready(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster with the pods of all worlds, and agents."""
    if cluster.policy != "cilium":
        pytest.skip("only Cilium enforces its policies")
    spaces = [f"{space}{number}" for number in range(AT_ONCE) for space in SPACES]
    for number in range(AT_ONCE):
        cluster.apply(*base(cluster.image, number))
    for space in spaces:
        cluster.kubectl(
            "wait", "pods", "--all", "-n", space, "--for=condition=Ready", "--timeout=300s"
        )
    with installed(cluster):
        yield cluster
    cluster.kubectl("delete", "namespace", *spaces, "--wait=false")


@pytest.mark.parametrize("names", _packs(), ids=lambda names: names[0])
def test_what_is_observed_is_what_is_predicted(
    ready: Cluster, tmp_path: Path, names: list[str]
) -> None:
    record = _observed(ready, tmp_path, names)
    told = []
    for number, name in enumerate(names):
        checks = of_world(record, number)
        assert len(checks) > 60
        expected, _ = KNOWN.get(name, ("", ""))
        told += [
            f"{name}: {text}" for text in differences(checks) if not text.endswith(expected or "\0")
        ]
    assert not told, "\n".join(told)


def _observed(cluster: Cluster, folder: Path, names: list[str]) -> Mapping[str, Any]:
    objects = [
        written
        for number, name in enumerate(names)
        for written in objects_of(worlds()[name], number)
    ]
    file = folder / "worlds.yaml"
    file.write_text(scenario(range(len(names))), "utf-8")
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    try:
        cluster.apply(*objects)
        wait_until_known()
        done = cluster.prober("run", str(file), "-o", "json")
    finally:
        cluster.kubectl("delete", "-f", "-", "--ignore-not-found", input_text=listed)
    record: Mapping[str, Any] = json.loads(done.stdout)
    return record
