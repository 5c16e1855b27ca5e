"""The records of cluster DNS and of the DNS server outside. Pure.

Source: the Kubernetes DNS-based service discovery specification, version 1.1.0, and CoreDNS where
that is silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_address

from prober.fabric.lab.world.addresses import FAMILIES, family_of, in_family
from prober.fabric.lab.world.blueprint import Record, Zones
from prober.fabric.lab.world.endpoints import backends, selected_pods
from prober.fabric.lab.world.world import DNS_OUTSIDE, World
from prober.manifest import dns_pods, dns_service
from prober.model.objects import Pod, Service, ServicePort
from prober.model.snapshot import Snapshot

CLUSTER_DOMAIN = "cluster.local"


def zones(world: World) -> Zones:
    """Everything the lab's DNS servers know."""
    return Zones(
        cluster=tuple(dict.fromkeys(_cluster(world.snapshot))),
        outside=tuple(dict.fromkeys(_outside(world))),
        upstreams=tuple(DNS_OUTSIDE[family] for family in world.families),
        cluster_servers=cluster_servers(world),
    )


def cluster_servers(world: World) -> tuple[str, ...]:
    """Where cluster DNS is asked: at its Service's addresses, or at its pods' where that is
    headless."""
    service = dns_service(world.snapshot)
    if service and service.cluster_ips:
        return service.cluster_ips
    return tuple(ip for pod in dns_pods(world.snapshot) for ip in pod.ips)


def _cluster(snapshot: Snapshot) -> Iterator[Record]:
    yield Record(f"dns-version.{CLUSTER_DOMAIN}", "TXT", '"1.1.0"')
    for _, service in sorted(snapshot.services.items()):
        name = f"{service.name}.{service.namespace}.svc.{CLUSTER_DOMAIN}"
        if service.type == "ExternalName":
            yield Record(name, "CNAME", f"{service.external_name.rstrip('.')}.")
        elif service.headless:
            yield from _headless(snapshot, service, name)
        else:
            yield from _with_cluster_ip(service, name)
    for pod in snapshot.pods.values():
        for ip in pod.ips:
            yield _address(f"{_dashed(ip)}.{pod.namespace}.pod.{CLUSTER_DOMAIN}", ip)


def _with_cluster_ip(service: Service, name: str) -> Iterator[Record]:
    for ip in service.cluster_ips:
        yield _address(name, ip)
        yield Record(_reverse(ip), "PTR", f"{name}.")
    for port in service.ports:
        yield from _srv(name, port.name, port.protocol, port.port, name)


def _headless(snapshot: Snapshot, service: Service, name: str) -> Iterator[Record]:
    """One A or AAAA record a ready endpoint, under the Service's name and under one of its own."""
    hostnames = {
        ip: _hostname(pod, ip) for pod in selected_pods(snapshot, service) for ip in pod.ips
    }
    hostnames |= {
        ip: endpoint.hostname
        for endpoint_slice in snapshot.slices
        if (endpoint_slice.namespace, endpoint_slice.service) == (service.namespace, service.name)
        for endpoint in endpoint_slice.endpoints
        if endpoint.hostname
        for ip in endpoint.addresses
    }
    for port in service.ports or (_NO_PORT,):
        for family in FAMILIES:
            for backend in backends(snapshot, service, port, family):
                if not backend.ready:
                    continue
                own = f"{hostnames.get(backend.address) or _dashed(backend.address)}.{name}"
                yield _address(name, backend.address)
                yield _address(own, backend.address)
                yield Record(_reverse(backend.address), "PTR", f"{own}.")
                yield from _srv(name, port.name, port.protocol, backend.port, own)


_NO_PORT = ServicePort(port=1, target_port=1)
"""A headless Service needs no port; its endpoints have names all the same."""


def _hostname(pod: Pod, ip: str) -> str:
    """A StatefulSet gives its pods host names and its Service as subdomain; others go by their
    address."""
    return pod.name if pod.owner and pod.owner.kind == "StatefulSet" else _dashed(ip)


def _srv(name: str, port_name: str, protocol: str, number: int, target: str) -> Iterator[Record]:
    if port_name:
        yield Record(f"_{port_name}._{protocol.lower()}.{name}", "SRV", f"0 100 {number} {target}.")


def _outside(world: World) -> Iterator[Record]:
    for host in world.outside:
        for name in (host.name, *host.aliases):
            yield from (_address(name.lower().rstrip("."), ip) for ip in host.addresses)


def _address(name: str, ip: str) -> Record:
    return Record(name, "A" if family_of(ip) == 4 else "AAAA", ip)


def _dashed(ip: str) -> str:
    """`198-18-1-5`; of IPv6 the full form, since a label must not begin or end with a dash."""
    return ip.replace(".", "-") if family_of(ip) == 4 else ip_address(ip).exploded.replace(":", "-")


def _reverse(ip: str) -> str:
    return ip_address(ip).reverse_pointer


def resolv_conf(world: World, servers: Iterable[str], namespace: str = "") -> str:
    """What the kubelet writes for a pod of this namespace (dnsPolicy ClusterFirst); without one,
    for anybody else."""
    addresses = list(servers)
    ordered = [ip for family in world.families for ip in in_family(addresses, family)]
    lines = [f"nameserver {ip}" for ip in ordered[:3]]
    if namespace:
        lines.append(
            f"search {namespace}.svc.{CLUSTER_DOMAIN} svc.{CLUSTER_DOMAIN} {CLUSTER_DOMAIN}"
        )
        lines.append("options ndots:5")
    return "\n".join([*lines, ""])
