"""PURE. The wire shapes, with the few fields that are used."""

from __future__ import annotations

from typing import Any

from msgspec import field

from prober.fabric.kubernetes.client.objects import KubernetesObject, ObjectMeta
from prober.manifest.decoding import wire


class HttpGet(wire.Wire):
    port: int | str | None = None
    host: str | None = None


class Port(wire.Wire):
    port: int | str | None = None


class Probe(wire.Wire):
    """A declared probe; one of the three is set."""

    http_get: HttpGet | None = None
    tcp_socket: Port | None = None
    grpc: Port | None = None


class Named(wire.Wire):
    name: str | None = None


class EnvFrom(wire.Wire):
    config_map_ref: Named | None = None


class Container(wire.Container):
    """With what it is told, and how it is probed."""

    command: list[str] | None = None
    args: list[str] | None = None
    env_from: list[EnvFrom] | None = None
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    startup_probe: Probe | None = None


class Volume(wire.Wire):
    config_map: Named | None = None


class PodSpec(wire.Wire):
    containers: list[Container] | None = None
    init_containers: list[Container] | None = None
    volumes: list[Volume] | None = None
    node_name: str | None = None
    host_network: bool | None = None


class ContainerStatus(wire.Wire):
    name: str = ""
    ready: bool = False
    restart_count: int = 0
    last_state: dict[str, Any] | None = None


class Condition(wire.Wire):
    type: str = ""
    status: str = ""
    reason: str | None = None
    message: str | None = None
    last_transition_time: str | None = None


class PodStatus(wire.Wire):
    phase: str | None = None
    pod_ip: str | None = field(default=None, name="podIP")
    conditions: list[Condition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    init_container_statuses: list[ContainerStatus] | None = None


class MadeMeta(ObjectMeta):
    creation_timestamp: str | None = None


class PodShape(KubernetesObject):
    """A pod, as far as it tells how it fares."""

    metadata: MadeMeta = field(default_factory=MadeMeta)
    spec: PodSpec | None = None
    status: PodStatus | None = None


class OperationState(wire.Wire):
    message: str | None = None
    phase: str | None = None


class ServedStatus(wire.Wire):
    conditions: list[Condition] | None = None
    operation_state: OperationState | None = None
    """Argo CD's last sync."""
    reason: str | None = None
    """cert-manager's Challenge says here what fails."""


class Served(KubernetesObject):
    """An object of any kind with conditions."""

    spec: dict[str, Any] | None = None
    status: ServedStatus | None = None


class InvolvedObject(wire.Wire):
    kind: str = ""
    namespace: str | None = None
    name: str = ""


class EventSeries(wire.Wire):
    count: int | None = None
    last_observed_time: str | None = None


class EventShape(KubernetesObject):
    """An event with what it is about and how often it was."""

    involved_object: InvolvedObject = field(default_factory=InvolvedObject)
    reason: str | None = None
    message: str | None = None
    count: int | None = None
    last_timestamp: str | None = None
    event_time: str | None = None
    series: EventSeries | None = None


class ServiceReference(wire.Wire):
    namespace: str = ""
    name: str = ""
    port: int | None = None


class ClientConfig(wire.Wire):
    service: ServiceReference | None = None


class Webhook(wire.Wire):
    name: str = ""
    client_config: ClientConfig | None = None


class WebhookConfiguration(KubernetesObject):
    """Whom the API server asks before it admits something."""

    webhooks: list[Webhook] | None = None


class ManagedFields(wire.Wire):
    manager: str = ""
    time: str | None = None


class ManagedMeta(MadeMeta):
    managed_fields: list[ManagedFields] | None = None


class Managed(KubernetesObject):
    """An object's metadata: who changed it, and when."""

    metadata: ManagedMeta = field(default_factory=ManagedMeta)


class Taint(wire.Wire):
    key: str = ""
    effect: str | None = None
    time_added: str | None = None


class NodeSaidSpec(wire.Wire):
    taints: list[Taint] | None = None


class NodeSaidStatus(wire.Wire):
    conditions: list[Condition] | None = None


class NodeSaid(KubernetesObject):
    """A node, as far as it tells when it changed."""

    metadata: MadeMeta = field(default_factory=MadeMeta)
    spec: NodeSaidSpec | None = None
    status: NodeSaidStatus | None = None


class ConfigMapShape(KubernetesObject):
    data: wire.StrMap | None = None


class GroupVersion(wire.Wire):
    group_version: str = ""
    version: str = ""


class ApiGroup(wire.Wire):
    name: str = ""
    preferred_version: GroupVersion = field(default_factory=GroupVersion)


class ApiGroups(wire.Wire):
    """What /apis says: the groups that are served."""

    groups: list[ApiGroup] = field(default_factory=list)
