"""Pods: wire shape to model."""

from __future__ import annotations

from collections.abc import Iterator

from prober.manifest.decoding import wire
from prober.manifest.decoding.decode import condition, labels_of, namespace_of, protocol_of
from prober.manifest.decoding.waiting import waiting_reason_of
from prober.model.objects import ContainerPort, Labels, Pod, Ref


def decode_pod(obj: wire.Pod, owner: Ref | None = None) -> Pod:
    """A pod of the workload `owner` (see `owners`)."""
    spec = obj.spec or wire.PodSpec()
    status = obj.status or wire.PodStatus()
    running = status.phase not in ("Succeeded", "Failed")
    return Pod(
        namespace=namespace_of(obj.metadata),
        name=obj.metadata.name or "",
        labels=labels_of(obj.metadata.labels),
        node=spec.node_name or "",
        ips=_pod_ips(status),
        host_network=bool(spec.host_network),
        ports=container_ports(spec),
        ready=running and _ready(status),
        running=running,
        owner=owner,
        service_account=spec.service_account_name or spec.service_account or "default",
        env=_environment(spec),
        waiting_reason=""
        if _is_up(obj)
        else waiting_reason_of(status, scheduled=bool(spec.node_name)),
    )


def container_ports(spec: wire.PodSpec) -> tuple[ContainerPort, ...]:
    """The ports that a pod's containers declare, init containers only when they are sidecars.

    On the host network a port is published under its own number, as the API server defaults it.
    """
    return tuple(
        ContainerPort(
            number=port.container_port or 0,
            protocol=protocol_of(port.protocol),
            name=port.name or "",
            host_port=port.host_port or (port.container_port or 0 if spec.host_network else 0),
        )
        for container in _long_running(spec)
        for port in container.ports or ()
    )


def _long_running(spec: wire.PodSpec) -> Iterator[wire.Container]:
    yield from spec.containers or ()
    yield from (
        container
        for container in spec.init_containers or ()
        if container.restart_policy == "Always"
    )


def _is_up(obj: wire.Pod) -> bool:
    """Whether nothing is to be said: it is ready, it has done its work, or there is no status at
    all."""
    status = obj.status
    return (
        status is None
        or status.phase in (None, "", "Succeeded")
        or (status.phase == "Running" and _ready(status))
    )


def _pod_ips(status: wire.PodStatus) -> tuple[str, ...]:
    ips = [address.ip for address in status.pod_ips or () if address.ip]
    return tuple(ips) or ((status.pod_ip,) if status.pod_ip else ())


def _ready(status: wire.PodStatus) -> bool:
    """The Ready condition. `kubectl create --dry-run` writes `status: {}`: without conditions only
    a phase other than Running says that the pod isn't ready."""
    ready = condition(status.conditions, "Ready")
    return status.phase in (None, "", "Running") if ready is None else ready


def _environment(spec: wire.PodSpec) -> Labels:
    first = next(iter(spec.containers or ()), wire.Container())
    return {
        variable.name: variable.value
        for variable in first.env or ()
        if variable.name and variable.value is not None
    }
