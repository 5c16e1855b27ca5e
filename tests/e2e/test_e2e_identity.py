"""A probe pod has the identity of the pod it stands for, and none of its duties."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from e2e_cluster import SLOW, Cluster

NAME = "source-controller"
NAMESPACE = "flux-system"


@pytest.fixture(scope="module")
def while_probing(flux: Cluster) -> Iterator[Cluster]:
    """The cluster while a probe pod stands for source-controller."""
    process = flux.start_prober(
        "check", f"deploy/{NAME}.{NAMESPACE}", SLOW, "--attempts", "100", "--timeout", "1s"
    )
    try:
        flux.wait_for_probe_pod(NAMESPACE)
        yield flux
    finally:
        process.terminate()
        process.communicate(timeout=180)


def probe_pod(cluster: Cluster) -> dict[str, Any]:
    return next(pod for pod in cluster.probe_pods() if pod["metadata"]["namespace"] == NAMESPACE)


def test_it_has_the_labels_and_the_node_of_the_pod(while_probing: Cluster) -> None:
    real = while_probing.get("pods", "-n", NAMESPACE, "-l", f"app={NAME},!prober.dev/probe")[
        "items"
    ][0]
    probe = probe_pod(while_probing)
    wanted = {
        key: value
        for key, value in real["metadata"]["labels"].items()
        if key != "pod-template-hash"
    }
    assert probe["metadata"]["labels"] == {**wanted, "prober.dev/probe": "true"}
    assert probe["spec"]["nodeName"] == real["spec"]["nodeName"]
    assert probe["status"]["podIP"] != real["status"]["podIP"]


def test_the_replica_set_does_not_take_it_for_its_own(while_probing: Cluster) -> None:
    replica_set = while_probing.get("replicasets", "-n", NAMESPACE, "-l", f"app={NAME}")["items"][0]
    assert replica_set["status"]["replicas"] == 1
    assert replica_set["status"]["readyReplicas"] == 1
    owner = probe_pod(while_probing)["metadata"]["ownerReferences"]
    assert [(reference["kind"], reference["controller"]) for reference in owner] == [
        ("ConfigMap", True)
    ]


def test_no_service_sends_it_traffic(while_probing: Cluster) -> None:
    address = probe_pod(while_probing)["status"]["podIP"]
    slices = while_probing.get(
        "endpointslices", "-n", NAMESPACE, "-l", f"kubernetes.io/service-name={NAME}"
    )["items"]
    ready = [
        ip
        for piece in slices
        for end in piece["endpoints"]
        if end["conditions"]["ready"]
        for ip in end["addresses"]
    ]
    assert len(ready) == 1
    assert address not in ready


def test_it_has_no_token_and_a_deadline(while_probing: Cluster) -> None:
    spec = probe_pod(while_probing)["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert not any("projected" in volume for volume in spec["volumes"])
    assert 0 < spec["activeDeadlineSeconds"] < 600


async def test_another_run_does_not_see_it(while_probing: Cluster) -> None:
    from prober.fabric.kubernetes import Access, KubernetesFabric, Settings

    names = {pod["metadata"]["name"] for pod in while_probing.probe_pods()}
    async with KubernetesFabric(
        Access(while_probing.kubeconfig), Settings(while_probing.image)
    ) as fabric:
        snapshot = await fabric.snapshot()
    assert names
    assert not names & {name for _, name in snapshot.pods}
    await asyncio.sleep(0)
    assert while_probing.probe_pods(), "the sweep at the start took a live run's pods away"
