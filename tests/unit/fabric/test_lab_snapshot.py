"""A cluster on a laptop: the lab is built from a saved snapshot, and means the same.

The snapshot has what real ones have: pods beside their ReplicaSets and Deployments, old
ReplicaSets, hostNetwork DaemonSets, static pods, headless Services, pods that wait, that ended,
that were evicted, an API server that nobody declares, and addresses that are not the lab's.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from prober.fabric.lab.building.listener_plan import planned_listeners
from prober.fabric.lab.building.topology import node_space
from prober.fabric.lab.world.world import World, settle
from prober.manifest import Loaded, load_manifests
from prober.model.lab import LabSpec, Listener, OutsideHost
from prober.model.prediction import Ruling
from prober.model.snapshot import Snapshot
from prober.policy.matrix.matrix import reachability

SAVED = Path(__file__).parents[2] / "data" / "snapshot-flux"


@cache
def saved() -> Loaded:
    return load_manifests([SAVED])


@cache
def world() -> World:
    return settle(saved().snapshot, LabSpec())


def rulings(snapshot: Snapshot) -> dict[tuple[object, ...], Ruling]:
    return {
        (one.source.ref, one.destination.ref, one.port): one.verdict
        for one in reachability(snapshot).cells()
    }


def test_it_is_read_without_a_word() -> None:
    assert saved().warnings == ()


def test_the_lab_predicts_what_the_snapshot_predicts() -> None:
    offline = rulings(saved().snapshot)
    assert rulings(world().snapshot) == offline
    assert set(offline.values()) == set(Ruling)


def test_every_pod_is_there_once_on_its_own_node() -> None:
    before, after = saved().snapshot.pods, world().snapshot.pods
    assert {key: pod.node for key, pod in after.items()} == {
        key: pod.node for key, pod in before.items()
    }
    assert {str(pod.owner) for pod in after.values() if pod.namespace == "flux-system"} == {
        f"flux-system/{name}-controller" for name in ("source", "kustomize", "helm", "notification")
    }
    addresses = [pod.ips for pod in after.values() if pod.ips and not pod.host_network]
    assert len(addresses) == len(set(addresses))


def test_a_pod_that_waits_for_a_node_goes_on_waiting() -> None:
    pod = world().snapshot.pods["default", "report-c5b9d8f7-zz4kp"]
    assert (pod.node, pod.ips) == ("", ())
    assert not any(pod.name in slot.name for slot in world().pods)


def test_the_api_server_answers_although_no_pod_declares_its_port() -> None:
    found = [
        planned
        for planned in planned_listeners(world())
        if (planned.space, planned.port) == (node_space("cp-1"), 6443)
    ]
    assert [planned.speaks for planned in found] == ["https"]
    assert "kubernetes.default.svc" in found[0].names


def test_a_headless_service_stays_headless() -> None:
    service = world().snapshot.services["monitoring", "prometheus-operated"]
    assert (service.headless, service.cluster_ips) == (True, ())


def test_a_host_in_the_nodes_own_network_stays_outside() -> None:
    """A Git server beside the nodes: its address does not move with theirs into a network where it
    would be on link."""
    git = OutsideHost("git", addresses=("203.0.113.77",), listeners=(Listener(22, "ssh"),))
    found = settle(saved().snapshot, LabSpec(outside=(git,)))
    assert found.outside[0].addresses == ("203.0.113.77",)
    assert all(
        address.startswith("198.51.100.")
        for node in found.snapshot.nodes.values()
        for address in node.addresses
    )
