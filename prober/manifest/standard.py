"""What every cluster has, and manifests leave out: the API server's Service, and cluster DNS.

A world that says otherwise keeps its own: a Service of the same name, or DNS pods with the usual
label, are taken as they are written.
"""

from __future__ import annotations

from dataclasses import replace

from prober.manifest.decoding.decode import named_namespace
from prober.model.objects import (
    ContainerPort,
    EndpointSlice,
    Labels,
    Pod,
    Ref,
    Service,
    ServicePort,
    SliceEndpoint,
    Workload,
)
from prober.model.snapshot import Snapshot

DNS_NAMESPACE = "kube-system"
DNS_LABELS: Labels = {"k8s-app": "kube-dns"}
"""What CoreDNS pods carry in every distribution, whatever the Service is called."""
DNS_SERVICES = (
    (DNS_NAMESPACE, "kube-dns"),
    (DNS_NAMESPACE, "coredns"),
    (DNS_NAMESPACE, "rke2-coredns-rke2-coredns"),
    ("openshift-dns", "dns-default"),
)
"""Cluster DNS, by the names that distributions give its Service."""
API_SERVICE = ("default", "kubernetes")
API_PORT = 6443
"""Where API servers listen: kubeadm's default, and K3s's."""
_API_SERVER = "the API server"
_DNS_PORTS = (
    ContainerPort(53, "UDP", "dns"),
    ContainerPort(53, "TCP", "dns-tcp"),
    ContainerPort(9153, "TCP", "metrics"),
)


def with_standard_services(snapshot: Snapshot) -> Snapshot:
    """The snapshot with the Service `default/kubernetes` and cluster DNS in it, where it lacks
    them. Nothing is known of where the API server is: its endpoint has a name and no address."""
    return with_api_server(with_cluster_dns(snapshot))


def with_api_server(snapshot: Snapshot, endpoint: SliceEndpoint | None = None) -> Snapshot:
    """The snapshot with the API server's Service, and this endpoint behind it; unchanged when it
    has one."""
    if API_SERVICE in snapshot.services:
        return snapshot
    namespace, name = API_SERVICE
    service = Service(namespace, name, ports=(ServicePort(443, "TCP", "https", API_PORT),))
    behind = EndpointSlice(
        namespace,
        name,
        name,
        (endpoint or SliceEndpoint((), hostname=_API_SERVER),),
        (ContainerPort(API_PORT, "TCP", "https"),),
    )
    others = tuple(
        endpoint_slice
        for endpoint_slice in snapshot.slices
        if (endpoint_slice.namespace, endpoint_slice.service) != API_SERVICE
    )
    return replace(
        snapshot,
        namespaces={namespace: named_namespace(namespace), **snapshot.namespaces},
        services={**snapshot.services, API_SERVICE: service},
        slices=(*others, behind),
    )


def dns_service(snapshot: Snapshot) -> Service | None:
    """The Service of cluster DNS: by its name, or else one in kube-system that has port 53 and
    selects the DNS pods."""
    for key in DNS_SERVICES:
        if key in snapshot.services:
            return snapshot.services[key]
    for _, service in sorted(snapshot.services.items()):
        speaks_dns = any(port.port == 53 for port in service.ports)
        selector = dict(service.selector or {})
        if (
            service.namespace == DNS_NAMESPACE
            and speaks_dns
            and selector.items() >= DNS_LABELS.items()
        ):
            return service
    return None


def dns_pods(snapshot: Snapshot) -> tuple[Pod, ...]:
    """The running pods that serve cluster DNS: by their label, or because the DNS Service selects
    them."""
    service = dns_service(snapshot)
    namespace = service.namespace if service else DNS_NAMESPACE
    selector = service.selector if service else None
    return tuple(
        pod
        for pod in snapshot.pods.values()
        if pod.running
        and pod.namespace == namespace
        and (
            pod.labels.items() >= DNS_LABELS.items()
            or (selector and pod.labels.items() >= selector.items())
        )
    )


def with_cluster_dns(snapshot: Snapshot, *, ready: bool = False) -> Snapshot:
    """The snapshot with cluster DNS in it, a real pod behind a real Service: unchanged when it has
    a DNS Service and pods behind it. `ready` asks for one that is ready, too."""
    service = dns_service(snapshot)
    pods, services = dict(snapshot.pods), dict(snapshot.services)
    workloads, slices = dict(snapshot.workloads), snapshot.slices
    if service is None:
        service = Service(
            *DNS_SERVICES[0],
            selector=DNS_LABELS,
            ports=tuple(
                ServicePort(port.number, port.protocol, port.name, port.number)
                for port in _DNS_PORTS
            ),
        )
        services[service.namespace, service.name] = service
    if not any(pod.ready or not ready for pod in dns_pods(snapshot)):
        owner = Ref("Deployment", service.namespace, "coredns")
        labels = {**DNS_LABELS, **(service.selector or {})}
        pod = Pod(service.namespace, "coredns", labels=labels, ports=_DNS_PORTS, owner=owner)
        pods[pod.namespace, pod.name] = pod
        workloads.setdefault(owner, Workload(*_parts(owner), 1, labels))
        if service.selector:
            key = (service.namespace, service.name)
            slices = tuple(
                endpoint_slice
                for endpoint_slice in slices
                if (endpoint_slice.namespace, endpoint_slice.service) != key
            )
    return replace(
        snapshot,
        namespaces={service.namespace: named_namespace(service.namespace), **snapshot.namespaces},
        pods=pods,
        services=services,
        workloads=workloads,
        slices=slices,
    )


def _parts(ref: Ref) -> tuple[str, str, str]:
    return ref.kind, ref.namespace, ref.name
