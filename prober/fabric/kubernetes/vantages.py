"""Vantages to identities: whose pod a probe pod stands for, and why it cannot. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from prober.fabric.kubernetes.identity import Identity, of_node, of_pod
from prober.fabric.kubernetes.reading import Reading
from prober.fabric.kubernetes.settings import Settings
from prober.model.check import Vantage, VantageKind
from prober.model.errors import FabricError
from prober.model.snapshot import Snapshot


def vantages_of(snapshot: Snapshot) -> Sequence[Vantage]:
    """Every running pod that has a node, and every node that is ready."""
    pods = [
        Vantage(VantageKind.POD, pod.namespace, pod.name) for pod in snapshot.pods.values() if pod.running and pod.node
    ]
    nodes = [Vantage(VantageKind.NODE, "", node.name) for node in snapshot.nodes.values() if node.ready]
    return [*pods, *nodes]


def identity_of(vantage: Vantage, reading: Reading, settings: Settings) -> Identity:
    """The identity of a vantage. Raises `FabricError` when no probe pod can stand for it."""
    if vantage.kind is VantageKind.NODE:
        if vantage.name not in reading.snapshot.nodes:
            raise FabricError(f"the cluster has no node {vantage.name}", hint="kubectl get nodes shows them")
        return of_node(vantage.name, settings.probe_namespace)
    pod = reading.pods.get((vantage.namespace, vantage.name))
    if pod is None:
        raise FabricError(f"the cluster has no pod {vantage.namespace}/{vantage.name} any more", hint="run again")
    identity = of_pod(pod)
    if not identity.node:
        raise FabricError(
            f"pod {vantage.namespace}/{vantage.name} has no node yet, so nothing can be probed from there",
            hint=f"kubectl describe pod {vantage.name} -n {vantage.namespace}",
        )
    if publisher := _publisher(identity, reading.snapshot):
        raise FabricError(
            f"Service {publisher} publishes pods that are not ready: it would send traffic to the probe pod",
            hint="probe from another pod, or unset publishNotReadyAddresses while probing",
        )
    return identity


def _publisher(identity: Identity, snapshot: Snapshot) -> str:
    """The Service that would take a probe pod for an endpoint although it is never ready; empty when none would."""
    for service in snapshot.services.values():
        if service.namespace != identity.namespace or not service.publish_not_ready or not service.selector:
            continue
        if all(identity.labels.get(key) == value for key, value in service.selector.items()):
            return str(service.ref)
    return ""
