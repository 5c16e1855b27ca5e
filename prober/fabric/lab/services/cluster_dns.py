"""Cluster DNS is a part of every cluster, so the lab adds one when the manifests have none. Pure.

It is a real pod behind a real Service: policies that forget it cut it off here as they do in a
cluster.
"""

from __future__ import annotations

from dataclasses import replace

from prober.model.objects import (
    ContainerPort,
    Labels,
    Namespace,
    Pod,
    Ref,
    Service,
    ServicePort,
    Workload,
)
from prober.model.snapshot import Snapshot

NAMESPACE = "kube-system"
LABELS: Labels = {"k8s-app": "kube-dns"}
"""What CoreDNS pods carry in every distribution, whatever the Service is called."""
_PORTS = (
    ContainerPort(53, "UDP", "dns"),
    ContainerPort(53, "TCP", "dns-tcp"),
    ContainerPort(9153, "TCP", "metrics"),
)


def dns_service(snapshot: Snapshot) -> Service | None:
    """The Service that resolv.conf names: kube-dns, or else one in kube-system that has port 53 and
    selects the DNS pods."""
    named = snapshot.services.get((NAMESPACE, "kube-dns"))
    if named is not None:
        return named
    for _, service in sorted(snapshot.services.items()):
        speaks_dns = any(port.port == 53 for port in service.ports)
        if (
            service.namespace == NAMESPACE
            and speaks_dns
            and dict(service.selector or {}).items() >= LABELS.items()
        ):
            return service
    return None


def dns_pods(snapshot: Snapshot) -> tuple[Pod, ...]:
    """The pods that serve cluster DNS: by their label, or because the DNS Service selects them."""
    service = dns_service(snapshot)
    selector = service.selector if service else None
    return tuple(
        pod
        for pod in snapshot.pods.values()
        if pod.running
        and pod.namespace == NAMESPACE
        and (
            pod.labels.items() >= LABELS.items()
            or (selector and pod.labels.items() >= selector.items())
        )
    )


def with_cluster_dns(snapshot: Snapshot) -> Snapshot:
    """The snapshot with cluster DNS in it: unchanged when it has a DNS Service and pods behind
    it."""
    service = dns_service(snapshot)
    namespaces, pods = dict(snapshot.namespaces), dict(snapshot.pods)
    services, workloads = dict(snapshot.services), dict(snapshot.workloads)
    if NAMESPACE not in namespaces:
        namespaces[NAMESPACE] = Namespace(NAMESPACE, {"kubernetes.io/metadata.name": NAMESPACE})
    if service is None:
        service = Service(NAMESPACE, "kube-dns", selector=LABELS, ports=_service_ports())
        services[NAMESPACE, service.name] = service
    if not dns_pods(snapshot):
        owner = Ref("Deployment", NAMESPACE, "coredns")
        labels = {**LABELS, **(service.selector or {})}
        pods[NAMESPACE, "coredns"] = Pod(
            NAMESPACE, "coredns", labels=labels, ports=_PORTS, owner=owner
        )
        workloads.setdefault(owner, Workload(owner.kind, owner.namespace, owner.name, 1, labels))
    return replace(
        snapshot, namespaces=namespaces, pods=pods, services=services, workloads=workloads
    )


def _service_ports() -> tuple[ServicePort, ...]:
    return tuple(ServicePort(port.number, port.protocol, port.name, port.number) for port in _PORTS)
