"""The addresses and ports that exist only as translations: ClusterIPs, NodePorts, load balancers'
addresses. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from prober.fabric.lab.world.addresses import FAMILIES, PLAN, Pool, Role, first
from prober.model.errors import FabricError
from prober.model.objects import Service, ServicePort

ServiceKey = tuple[str, str]

KUBERNETES = ("default", "kubernetes")
_WANTED_IPS: Mapping[ServiceKey, Mapping[int, str]] = {
    ("kube-system", "kube-dns"): {4: "198.19.0.10", 6: "2001:db8:2::10"},
    KUBERNETES: {4: "198.19.0.1", 6: "2001:db8:2::1"},
}
"""Where a person looks for these two: the usual places in the Service network."""
_FIRST_FREE_IP = {4: 20, 6: 0x20}
_NODE_PORTS = range(30000, 32768)
"""The API server's default --service-node-port-range."""


def complete_services(
    services: Mapping[ServiceKey, Service], families: tuple[int, ...], pool: Pool, *, both: bool
) -> dict[ServiceKey, Service]:
    """Every Service with what the API server and a load balancer's controller would have given it.

    A Service without ClusterIP gets one of each of `families`; one that has some is completed only
    when `both` is set. Raises `FabricError` when the NodePorts run out.
    """
    taken: set[tuple[str, int]] = {
        (port.protocol, port.node_port)
        for service in services.values()
        for port in service.ports
        if port.node_port
    }
    ports = _FreePorts(taken)
    ordered = sorted(services.items(), key=lambda item: (item[0] not in _WANTED_IPS, item[0]))
    return {
        key: _complete(service, families if both or not service.cluster_ips else (), pool, ports)
        for key, service in ordered
    }


class _FreePorts:
    def __init__(self, taken: set[tuple[str, int]]) -> None:
        self._taken = taken

    def take(self, protocol: str) -> int:
        for number in _NODE_PORTS:
            if (protocol, number) not in self._taken:
                self._taken.add((protocol, number))
                return number
        raise FabricError(
            "no NodePort is left", hint="the range 30000-32767 has 2768 of them for each protocol"
        )


def _complete(service: Service, families: tuple[int, ...], pool: Pool, free: _FreePorts) -> Service:
    if service.type == "ExternalName":
        return service
    cluster_ips = (
        service.cluster_ips if service.headless else tuple(_cluster_ips(service, families, pool))
    )
    balancer_ips, ports = service.load_balancer_ips, service.ports
    if service.type == "LoadBalancer" and not balancer_ips:
        balancer_ips = tuple(
            pool.take(PLAN[Role.BALANCER, family].new)
            for family in FAMILIES
            if first(cluster_ips, family)
        )
    if service.type in ("NodePort", "LoadBalancer"):
        ports = tuple(_with_node_port(port, free) for port in ports)
    return replace(service, cluster_ips=cluster_ips, load_balancer_ips=balancer_ips, ports=ports)


def _cluster_ips(service: Service, families: tuple[int, ...], pool: Pool) -> Iterator[str]:
    yield from service.cluster_ips
    for family in families:
        if first(service.cluster_ips, family):
            continue
        network = PLAN[Role.SERVICE, family].new
        wanted = _WANTED_IPS.get((service.namespace, service.name))
        if wanted:
            yield pool.take_or(wanted[family], network)
        else:
            yield pool.take(network, _FIRST_FREE_IP[family])


def _with_node_port(port: ServicePort, free: _FreePorts) -> ServicePort:
    return port if port.node_port else replace(port, node_port=free.take(port.protocol))
