"""The end-to-end tier: a real cluster, booted once a session, or the one that KUBECONFIG names.

It takes minutes and root, so it is collected only when PROBER_E2E=1 asks for it. With KUBECONFIG
and PROBER_E2E_IMAGE (an image of the agent that the cluster can pull) the same tests run there;
else the testbed is booted, enforcing with PROBER_E2E_POLICY (kube-router by default); with
PROBER_E2E_UP=1 the one that was booted before is used, and stays.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e_cluster import Cluster
from e2e_workloads import real_world

ASKED_FOR = os.environ.get("PROBER_E2E") == "1"
collect_ignore_glob = [] if ASKED_FOR else ["test_*.py"]
FLUX = Path(__file__).parents[2] / "scenarios" / "flux"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A cluster to test on, for the whole session."""
    kubeconfig, image = os.environ.get("KUBECONFIG"), os.environ.get("PROBER_E2E_IMAGE")
    policy = os.environ.get("PROBER_E2E_POLICY", "kube-router")
    if kubeconfig and image:
        yield Cluster(Path(kubeconfig), image, policy)
        return
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    from testbed import cluster as testbed
    from testbed.layout import AGENT_IMAGE, kubeconfig_path
    from testbed.requirements import missing

    if os.environ.get("PROBER_E2E_UP") == "1":
        yield Cluster(kubeconfig_path(), AGENT_IMAGE, policy)
        return
    if why := missing(policy):
        pytest.skip(why)
    try:
        yield Cluster(testbed.up(2, policy), AGENT_IMAGE, policy)
    finally:
        testbed.down()


@pytest.fixture(scope="session")
def flux(cluster: Cluster) -> Cluster:
    """The cluster with the world of scenarios/flux.yaml in it, every pod ready."""
    files = [FLUX / name for name in ("cluster.yaml", "install.yaml", "hardening.yaml")]
    world = {"apiVersion": "v1", "kind": "List", "items": real_world(files, cluster.image)}
    cluster.kubectl("apply", "-f", "-", input_text=json.dumps(world))
    cluster.wait_ready("flux-system", "monitoring", "ingress-nginx")
    return cluster


@pytest.fixture(scope="session")
def coordinator(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image of runs in the cluster: PROBER_E2E_COORDINATOR_IMAGE, or the testbed's."""
    if image := os.environ.get("PROBER_E2E_COORDINATOR_IMAGE"):
        return image
    if os.environ.get("KUBECONFIG") and os.environ.get("PROBER_E2E_IMAGE"):
        pytest.skip("PROBER_E2E_COORDINATOR_IMAGE names no image that this cluster can pull")
    from testbed import cluster as testbed
    from testbed.agent_image import write_coordinator_image
    from testbed.layout import COORDINATOR_IMAGE

    archive = tmp_path_factory.mktemp("image") / "coordinator.tar"
    write_coordinator_image(archive)
    testbed.load(archive)
    return COORDINATOR_IMAGE


@pytest.fixture
def own(cluster: Cluster) -> Cluster:
    """The cluster, when it is the testbed's: its processes can be stopped, and what its nodes have
    is known."""
    if not cluster.is_testbed:
        pytest.skip("only a cluster that the testbed has booted here can be treated so")
    return cluster


@pytest.fixture
def clean(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster, in which a test must leave nothing of prober's behind."""
    yield cluster
    cluster.wait_until_nothing_is_left()
