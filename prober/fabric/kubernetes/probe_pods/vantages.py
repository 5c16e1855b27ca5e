"""Vantages to identities: whose pod a probe pod stands for, and why it cannot. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prober.fabric.kubernetes.probe_pods.identity import (
    PodIdentity,
    of_node,
    of_pod,
    of_stand_in,
)
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.settings import Settings
from prober.model.check import Vantage, VantageKind
from prober.model.errors import FabricError
from prober.model.snapshot import Snapshot


def vantages_of(snapshot: Snapshot) -> Sequence[Vantage]:
    """Every running pod that has a node, and every node that is ready."""
    pods = [
        Vantage(VantageKind.POD, pod.namespace, pod.name)
        for pod in snapshot.pods.values()
        if pod.running and pod.node
    ]
    nodes = [
        Vantage(VantageKind.NODE, "", node.name) for node in snapshot.nodes.values() if node.ready
    ]
    return [*pods, *nodes]


def _of_pod(vantage: Vantage, reading: Reading) -> PodIdentity:
    key = (vantage.namespace, vantage.name)
    expected = reading.snapshot.pods.get(key)
    if expected is not None and expected.stand_in:
        return of_stand_in(expected)
    pod = reading.pods.get(key)
    if pod is None:
        raise FabricError(
            f"the cluster has no pod {vantage.namespace}/{vantage.name} any more", hint="run again"
        )
    return of_pod(pod)


def identity_of(vantage: Vantage, reading: Reading, settings: Settings) -> PodIdentity:
    """The identity of a vantage. Raises `FabricError` when no probe pod can stand for it."""
    if vantage.kind is VantageKind.NODE:
        if vantage.name not in reading.snapshot.nodes:
            raise FabricError(
                f"the cluster has no node {vantage.name}", hint="kubectl get nodes shows them"
            )
        return of_node(vantage.name, settings.probe_namespace)
    identity = _of_pod(vantage, reading)
    if not identity.node:
        raise FabricError(
            (
                f"pod {vantage.namespace}/{vantage.name} has no node yet, so nothing can be "
                "probed from there"
            ),
            hint=f"kubectl describe pod {vantage.name} -n {vantage.namespace}",
        )
    if misleading := _misleading(identity, settings, reading.snapshot):
        raise FabricError(
            f"policies choose pods by the label {misleading}, which the settings give to "
            "probe pods and "
            f"{vantage.namespace}/{vantage.name} does not have: the probe pod would not be "
            "treated as it is",
            hint="take the label out of the settings for probe pods",
        )
    if publisher := _publisher(identity, reading.snapshot):
        raise FabricError(
            (
                f"Service {publisher} publishes pods that are not ready: it would send traffic "
                "to the probe pod"
            ),
            hint="probe from another pod, or unset publishNotReadyAddresses while probing",
        )
    return identity


def _misleading(identity: PodIdentity, settings: Settings, snapshot: Snapshot) -> str:
    """An extra label by which policies would take a probe pod for another than it stands for; empty
    when none would."""
    extra = settings.pods.labels.keys() - identity.labels.keys()
    return min(extra & set(_keys_of_selectors(snapshot)), default="") if extra else ""


def _keys_of_selectors(snapshot: Snapshot) -> Iterator[str]:
    """The labels by which policies choose pods."""
    for policy in snapshot.policies:
        rules = (*policy.ingress, *policy.egress)
        for selector in (
            policy.pod_selector,
            *(peer.pod_selector for rule in rules for peer in rule.peers),
        ):
            if selector is not None:
                yield from selector.match_labels
                yield from (expression.key for expression in selector.match_expressions)


def _publisher(identity: PodIdentity, snapshot: Snapshot) -> str:
    """The Service that would take a probe pod for an endpoint although it is never ready; empty
    when none would."""
    for service in snapshot.services.values():
        if (
            service.namespace != identity.namespace
            or not service.publish_not_ready
            or not service.selector
        ):
            continue
        if all(identity.labels.get(key) == value for key, value in service.selector.items()):
            return str(service.ref)
    return ""
