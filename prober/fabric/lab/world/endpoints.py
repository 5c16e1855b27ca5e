"""Which backends a Service sends to. Pure; the lab's own reading of the EndpointSlice controller
and kube-proxy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prober.fabric.lab.world.addresses import in_family
from prober.model.objects import Pod, Service, ServicePort, SliceEndpoint
from prober.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Backend:
    """One address and port behind a Service's port."""

    address: str
    port: int
    node: str
    """Where it is; empty when that is not known."""
    ready: bool
    """Gets traffic."""


def backends(
    snapshot: Snapshot, service: Service, port: ServicePort, family: int
) -> tuple[Backend, ...]:
    """Every backend of one port, ready or not, in the order of their pods' names."""
    all_backends = (
        _selected(snapshot, service, port, family)
        if service.selector
        else _given(snapshot, service, port, family)
    )
    return tuple(all_backends)


def selected_pods(snapshot: Snapshot, service: Service) -> tuple[Pod, ...]:
    """The running pods that the Service's selector means; none without a selector."""
    if not service.selector:
        return ()
    return tuple(
        pod
        for _, pod in sorted(snapshot.pods.items())
        if pod.running
        and pod.namespace == service.namespace
        and service.selector.items() <= pod.labels.items()
    )


def _selected(
    snapshot: Snapshot, service: Service, port: ServicePort, family: int
) -> Iterator[Backend]:
    for pod in selected_pods(snapshot, service):
        number = target_port(pod, port)
        addresses = in_family(pod.ips, family)
        if number and addresses:
            yield Backend(addresses[0], number, pod.node, pod.ready or service.publish_not_ready)


def target_port(pod: Pod, port: ServicePort) -> int:
    """The pod's port that a Service's port means; 0 when it names one that the pod does not
    have."""
    if isinstance(port.target_port, int):
        return port.target_port or port.port
    return next(
        (
            container_port.number
            for container_port in pod.ports
            if (container_port.name, container_port.protocol) == (port.target_port, port.protocol)
        ),
        0,
    )


def _given(
    snapshot: Snapshot, service: Service, port: ServicePort, family: int
) -> Iterator[Backend]:
    """From EndpointSlices; their ports correspond to the Service's by name and protocol."""
    for endpoint_slice in snapshot.slices:
        if (endpoint_slice.namespace, endpoint_slice.service) != (service.namespace, service.name):
            continue
        number = next(
            (
                item.number
                for item in endpoint_slice.ports
                if (item.name, item.protocol) == (port.name, port.protocol)
            ),
            0,
        )
        if not number:
            continue
        for endpoint in endpoint_slice.endpoints:
            ready = endpoint.ready or service.publish_not_ready
            for address in in_family(endpoint.addresses, family)[:1]:
                yield Backend(
                    address, number, endpoint.node or _node_of(snapshot, address, endpoint), ready
                )


def _node_of(snapshot: Snapshot, address: str, endpoint: SliceEndpoint) -> str:
    for node in snapshot.nodes.values():
        if address in node.addresses:
            return node.name
    return next(
        (
            pod.node
            for pod in snapshot.pods.values()
            if address in pod.ips or (endpoint.pod and pod.name == endpoint.pod)
        ),
        "",
    )
