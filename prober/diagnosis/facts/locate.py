"""Whose address is it? Evidence names addresses; people think in nodes and pods."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from prober.model.snapshot import Snapshot


def node_of(address: str, snapshot: Snapshot) -> str:
    """The node that has `address`: one of its own, or the gateway (first host) of its pod range.
    Empty: no node."""
    if not address:
        return ""
    for node in snapshot.nodes.values():
        if address in node.addresses or any(gateway(cidr) == address for cidr in node.pod_cidrs):
            return node.name
    return ""


def describe(address: str, snapshot: Snapshot) -> str:
    """The address as a person would say it: `n1 (198.51.100.11)`, `pod shop/web-0 (…)`, or just the
    address."""
    node = node_of(address, snapshot)
    if node:
        return f"{node} ({address})"
    for pod in snapshot.pods.values():
        if address in pod.ips and not pod.host_network:
            return f"pod {pod.ref} ({address})"
    for service in snapshot.services.values():
        if address in (*service.cluster_ips, *service.load_balancer_ips):
            return f"Service {service.ref} ({address})"
    return address


def gateway(cidr: str) -> str:
    """The first host of a node's pod range, which most CNIs give to the node itself."""
    network = ip_network(cidr, strict=False)
    return str(ip_address(int(network.network_address) + 1))
