"""The wire shape of what is read besides `prober.manifest.decoding.wire`: a pod's DNS settings and
its progress. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import field

from prober.manifest.decoding import wire


class PodSpec(wire.PodSpec):
    """With what a probe pod copies and the model does not need."""

    dns_policy: str | None = None
    dns_config: dict[str, Any] | None = None
    host_aliases: list[dict[str, Any]] | None = None


class PodStatus(wire.PodStatus):
    """With how far its ephemeral containers are."""

    ephemeral_container_statuses: list[wire.ContainerStatus] | None = None


class OwnerReference(wire.OwnerReference):
    uid: str = ""


class ObjectMeta(wire.ObjectMeta):
    """With what tells runs apart."""

    uid: str | None = None
    annotations: wire.StrMap | None = None
    deletion_timestamp: str | None = None
    generation: int | None = None


class KubernetesObject(wire.KubernetesObject):
    """Any object of a run."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)


class Pod(wire.Pod):
    """A pod as `prober.manifest` takes it, and more."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: PodSpec | None = None
    status: PodStatus | None = None


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

    name: str = ""


class Event(KubernetesObject):
    """What happened to an object."""

    involved_object: EventObject = field(default_factory=EventObject)
    message: str | None = None
    last_timestamp: str | None = None
    event_time: str | None = None


class Version(wire.Wire):
    """What /version says."""

    git_version: str = ""


class Status(wire.Wire):
    """The body of a refusal."""

    message: str = ""
    reason: str = ""
    status: str = ""
    """`Success` or `Failure`."""
