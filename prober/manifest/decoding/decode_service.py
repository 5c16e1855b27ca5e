"""Services and their endpoints: wire shape to model."""

from __future__ import annotations

from typing import cast

from prober.manifest.decoding import wire
from prober.manifest.decoding.decode import canonical_cidr, labels_of, namespace_of, protocol_of
from prober.model.objects import (
    ContainerPort,
    EndpointSlice,
    Service,
    ServicePort,
    ServiceType,
    SliceEndpoint,
    TrafficPolicy,
)

SERVICE_NAME_LABEL = "kubernetes.io/service-name"
_HEADLESS = "None"


def decode_service(obj: wire.Service) -> Service:
    """A Service. Without a selector (or with an empty one, or for ExternalName) nobody makes
    endpoints for it."""
    spec = obj.spec or wire.ServiceSpec()
    kind = cast(ServiceType, spec.type or "ClusterIP")
    ips = tuple(dict.fromkeys(filter(None, (spec.cluster_ip, *(spec.cluster_ips or ())))))
    managed = spec.selector and kind != "ExternalName"
    return Service(
        namespace=namespace_of(obj.metadata),
        name=obj.metadata.name or "",
        type=kind,
        cluster_ips=tuple(ip for ip in ips if ip != _HEADLESS),
        headless=_HEADLESS in ips,
        selector=labels_of(spec.selector) if managed else None,
        ports=tuple(_port(port) for port in spec.ports or ()),
        external_traffic_policy=cast(TrafficPolicy, spec.external_traffic_policy or "Cluster"),
        internal_traffic_policy=cast(TrafficPolicy, spec.internal_traffic_policy or "Cluster"),
        publish_not_ready=bool(spec.publish_not_ready_addresses),
        load_balancer_ips=_load_balancer_ips(obj.status, spec) if kind == "LoadBalancer" else (),
        source_ranges=_source_ranges(spec) if kind == "LoadBalancer" else (),
        external_ips=tuple(spec.external_ips or ()),
        external_name=spec.external_name or "",
        labels=labels_of(obj.metadata.labels),
        session_affinity=spec.session_affinity == "ClientIP",
    )


def _port(port: wire.ServicePort) -> ServicePort:
    number = port.port or 0
    return ServicePort(
        port=number,
        protocol=protocol_of(port.protocol),
        name=port.name or "",
        target_port=port.target_port or number,
        node_port=port.node_port or 0,
    )


def _load_balancer_ips(
    status: wire.ServiceStatus | None, spec: wire.ServiceSpec
) -> tuple[str, ...]:
    ingress = (status.load_balancer.ingress if status and status.load_balancer else None) or ()
    ips = tuple(ingress.ip for ingress in ingress if ingress.ip)
    return ips or ((spec.load_balancer_ip,) if spec.load_balancer_ip else ())


def _source_ranges(spec: wire.ServiceSpec) -> tuple[str, ...]:
    """With blanks around them taken off, as the API server takes them."""
    return tuple(canonical_cidr(cidr.strip()) for cidr in spec.load_balancer_source_ranges or ())


def decode_slice(obj: wire.EndpointSlice) -> EndpointSlice:
    """An EndpointSlice. A port without a number (all ports) is left out, as kube-proxy does; so are
    FQDN addresses."""
    fqdn = obj.address_type == "FQDN"
    return EndpointSlice(
        namespace=namespace_of(obj.metadata),
        name=obj.metadata.name or "",
        service=labels_of(obj.metadata.labels).get(SERVICE_NAME_LABEL, ""),
        endpoints=() if fqdn else tuple(_endpoint(endpoint) for endpoint in obj.endpoints or ()),
        ports=_ports(obj.ports),
    )


def _endpoint(endpoint: wire.Endpoint) -> SliceEndpoint:
    """discovery.k8s.io/v1: a ready condition that nobody set means ready."""
    return SliceEndpoint(
        addresses=tuple(endpoint.addresses or ()),
        ready=not (endpoint.conditions and endpoint.conditions.ready is False),
        node=endpoint.node_name or "",
        pod=_pod_name(endpoint.target_ref),
        hostname=endpoint.hostname or "",
    )


def decode_endpoints(obj: wire.Endpoints) -> tuple[EndpointSlice, ...]:
    """The older Endpoints object, as one slice for each subset."""
    name = obj.metadata.name or ""
    return tuple(
        EndpointSlice(
            namespace=namespace_of(obj.metadata),
            name=f"{name}-{index}",
            service=name,
            endpoints=(
                *(_subset_endpoint(address, ready=True) for address in subset.addresses or ()),
                *(
                    _subset_endpoint(address, ready=False)
                    for address in subset.not_ready_addresses or ()
                ),
            ),
            ports=_ports(subset.ports),
        )
        for index, subset in enumerate(obj.subsets or ())
    )


def _subset_endpoint(address: wire.EndpointAddress, *, ready: bool) -> SliceEndpoint:
    addresses = (address.ip,) if address.ip else ()
    return SliceEndpoint(
        addresses,
        ready,
        address.node_name or "",
        _pod_name(address.target_ref),
        address.hostname or "",
    )


def _ports(ports: list[wire.EndpointPort] | None) -> tuple[ContainerPort, ...]:
    return tuple(
        ContainerPort(port.port, protocol_of(port.protocol), port.name or "")
        for port in ports or ()
        if port.port
    )


def _pod_name(target: wire.TargetRef | None) -> str:
    return (target.name or "") if target and target.kind == "Pod" else ""
