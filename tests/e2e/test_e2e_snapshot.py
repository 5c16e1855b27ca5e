"""A cluster on a laptop: what was saved is predicted from as the cluster itself would be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from e2e_cluster import Cluster

from prober.fabric.kubernetes import Access, KubernetesFabric, Settings
from prober.fabric.lab.keeper.requirements import missing
from prober.manifest import load_manifests


@pytest.mark.parametrize("target", ["snapshot.yaml", "snapshot"])
async def test_a_saved_snapshot_is_the_live_one(flux: Cluster, tmp_path: Path, target: str) -> None:
    flux.wait_until_quiet()
    done = flux.prober("snapshot", "save", str(tmp_path / target))
    assert done.returncode == 0, done.stderr
    assert "saved " in done.stdout
    loaded = load_manifests([tmp_path / target]).snapshot
    async with KubernetesFabric(Access(flux.kubeconfig), Settings(flux.image)) as fabric:
        live = await fabric.snapshot()
    assert loaded.pods == live.pods
    assert sorted(loaded.policies, key=lambda entry: entry.name) == sorted(
        live.policies, key=lambda item: item.name
    )
    assert loaded.services == live.services
    assert loaded.nodes == live.nodes


def test_predictions_need_no_cluster(flux: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "snapshot.yaml"
    flux.prober("snapshot", "save", str(file))
    nowhere = str(tmp_path / "no-kubeconfig")
    done = flux.prober("predict", "-f", str(file), KUBECONFIG=nowhere)
    assert done.returncode == 0, done.stderr
    assert "flux-system/source-controller" in done.stdout


def test_it_is_replayed_in_the_lab(flux: Cluster, tmp_path: Path) -> None:
    """The cluster's problem on a laptop: real packets in the lab end as was predicted from the
    snapshot."""
    if why := missing():
        pytest.skip(f"the lab cannot run here: {why}")
    folder = tmp_path / "snapshot"
    flux.prober("snapshot", "save", str(folder))
    spaces = ("-n", "flux-system", "-n", "monitoring")
    nowhere = str(tmp_path / "no-kubeconfig")
    done = flux.prober(
        "matrix", "--lab", "-f", str(folder), *spaces, "-o", "json", KUBECONFIG=nowhere
    )
    assert done.returncode == 0, done.stdout + done.stderr
    record = json.loads(done.stdout)
    assert len(record["checks"]) > 50
    assert {entry["prediction"]["verdict"] for entry in record["checks"]} == {"allowed", "denied"}
    assert {check["verdict"] for check in record["checks"]} == {"as-predicted"}
