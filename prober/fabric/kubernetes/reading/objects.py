"""The wire shape of what is read besides `prober.manifest.decoding.wire`: a pod's DNS settings and
its progress. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import field

from prober.fabric.kubernetes.client.objects import KubernetesObject, ObjectMeta
from prober.manifest import wire


class ReadinessGate(wire.Wire):
    condition_type: str = ""


class PodSpec(wire.PodSpec):
    """With what a probe pod copies or is known by, and the model does not need."""

    dns_policy: str | None = None
    dns_config: dict[str, Any] | None = None
    host_aliases: list[dict[str, Any]] | None = None
    readiness_gates: list[ReadinessGate] | None = None
    active_deadline_seconds: int | None = None
    automount_service_account_token: bool | None = None


class PodStatus(wire.PodStatus):
    """With how far its ephemeral containers are."""

    ephemeral_container_statuses: list[wire.ContainerStatus] | None = None


class Pod(wire.Pod):
    """A pod as `prober.manifest` takes it, and more."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: PodSpec | None = None
    status: PodStatus | None = None


class Workload(wire.Workload):
    """A workload with its uid."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)


class DaemonSetStatus(wire.Wire):
    """How many of its pods there are."""

    observed_generation: int = 0
    desired_number_scheduled: int = 0
    number_ready: int = 0
    updated_number_scheduled: int = 0


class DaemonSet(KubernetesObject):
    """Of a DaemonSet, how far it is."""

    status: DaemonSetStatus | None = None


class EventObject(wire.Wire):
    """What an event is about."""

    kind: str | None = None
    namespace: str | None = None
    name: str = ""


class EventSeries(wire.Wire):
    last_observed_time: str | None = None


class Event(KubernetesObject):
    """What happened to an object."""

    involved_object: EventObject = field(default_factory=EventObject)
    type: str | None = None
    reason: str | None = None
    message: str | None = None
    count: int | None = None
    series: EventSeries | None = None
    last_timestamp: str | None = None
    event_time: str | None = None

    @property
    def at(self) -> str:
        """When it happened last, as the API writes times; empty when it does not say."""
        last = self.series.last_observed_time if self.series else None
        return self.last_timestamp or last or self.event_time or ""


class ComponentStatus(wire.ContainerStatus):
    ready: bool | None = None
    restart_count: int | None = None


class ComponentPodStatus(wire.Wire):
    phase: str | None = None
    container_statuses: list[ComponentStatus] | None = None


class ComponentPod(KubernetesObject):
    """A pod of the cluster's network, and how it fares."""

    spec: wire.PodSpec | None = None
    status: ComponentPodStatus | None = None
