"""Where processes can be put, and what /etc says to them there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prober.fabric.lab.building.topology import host_space, node_space, pod_space
from prober.fabric.lab.services.records import cluster_servers, resolv_conf
from prober.fabric.lab.world.addresses import in_family
from prober.fabric.lab.world.blueprint import ProcessSlot
from prober.fabric.lab.world.world import DNS_OUTSIDE, World
from prober.model.check import Vantage, VantageKind

RESOLV_CONF, HOSTS, NSSWITCH = "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"
_NSSWITCH = "passwd: files\ngroup: files\nhosts: files dns\n"
"""Without this, a machine with systemd-resolved would answer over its own socket, past the lab's
network."""


def slots(world: World) -> dict[Vantage, ProcessSlot]:
    """Every vantage of the lab: pods that run, nodes, hosts outside."""
    slot_of: dict[Vantage, ProcessSlot] = {}
    outside = [DNS_OUTSIDE[family] for family in world.families]
    inside = _cluster_servers(world)
    for _, pod in sorted(world.snapshot.pods.items()):
        if not pod.running or not pod.ips:
            continue
        # A pod on its node's network falls back to its node's DNS (dnsPolicy ClusterFirst does so
        # for it).
        resolver = (
            resolv_conf(world, outside)
            if pod.host_network
            else resolv_conf(world, inside, pod.namespace)
        )
        hostname = pod.node if pod.host_network else pod.name
        vantage = Vantage(VantageKind.POD, pod.namespace, pod.name)
        slot_of[vantage] = ProcessSlot(
            pod_space(pod), hostname, _files(world, resolver, hostname, pod.ips)
        )
    for node in world.snapshot.nodes.values():
        files = _files(world, resolv_conf(world, outside), node.name, node.addresses)
        slot_of[Vantage(VantageKind.NODE, "", node.name)] = ProcessSlot(
            node_space(node.name), node.name, files
        )
    for host in world.outside:
        files = _files(world, resolv_conf(world, outside), host.name, host.addresses)
        slot_of[Vantage(VantageKind.OUTSIDE, "", host.name)] = ProcessSlot(
            host_space(host.name), host.name, files
        )
    return slot_of


def _cluster_servers(world: World) -> tuple[str, ...]:
    """What a pod's resolv.conf names: its node's DNS cache where there is one, the DNS Service's
    addresses, or its pods' where it is headless."""
    return (world.spec.node_local_dns,) if world.spec.node_local_dns else cluster_servers(world)


def _files(
    world: World, resolver: str, hostname: str, addresses: Iterable[str]
) -> Mapping[str, str]:
    own = list(addresses)
    loopback = {4: "127.0.0.1\tlocalhost", 6: "::1\tlocalhost ip6-localhost ip6-loopback"}
    lines = [loopback[family] for family in world.families]
    lines += [f"{ip}\t{hostname}" for family in world.families for ip in in_family(own, family)]
    return {RESOLV_CONF: resolver, HOSTS: "\n".join([*lines, ""]), NSSWITCH: _NSSWITCH}
