"""Why pods that are on a node get no network: what the kubelet reports of the CNI, in events.

A pod's status says no more than ContainerCreating. Events are read only where there is such a pod,
and a run does without them where they may not be read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import EVENTS
from prober.fabric.kubernetes.reading.objects import Event
from prober.model.objects import Pod
from prober.model.snapshot import Snapshot

MOST_NAMESPACES = 8
"""Whose events are read: where the CNI is broken everywhere, those of some say as much."""
_FORBIDDEN = 403
_FAILED = "involvedObject.kind=Pod,reason=FailedCreatePodSandBox"
PodKey = tuple[str, str]


async def with_reasons(api: Api, snapshot: Snapshot) -> Snapshot:
    """The snapshot, its pods without network with what the CNI said about them."""
    stuck = {key: pod for key, pod in snapshot.pods.items() if _is_stuck(pod)}
    said = await _failures(api, stuck) if stuck else {}
    changed = {
        key: replace(pod, waiting_reason=said[key]) for key, pod in stuck.items() if key in said
    }
    return replace(snapshot, pods={**snapshot.pods, **changed}) if changed else snapshot


def _is_stuck(pod: Pod) -> bool:
    """On a node, meant to run, and without an address."""
    return bool(pod.node) and pod.without_network and not pod.host_network


async def _failures(api: Api, stuck: Collection[PodKey]) -> Mapping[PodKey, str]:
    """The last word about each of them."""
    reasons: dict[PodKey, str] = {}
    for namespace in sorted({namespace for namespace, _ in stuck})[:MOST_NAMESPACES]:
        try:
            events = await api.list_all(EVENTS, Event, namespace=namespace, fields=_FAILED)
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise
            return reasons
        for event in sorted(events, key=lambda event: event.at):
            if event.message:
                reasons[namespace, event.involved_object.name] = " ".join(event.message.split())
    return reasons
