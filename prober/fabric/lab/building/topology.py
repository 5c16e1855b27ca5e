"""How the lab is wired: from a world to namespaces, wires, addresses and routes. Pure.

    pod ── node ── switch ── router ── host outside

A pod or an outside host has one address on a wire of its own (as Calico and the clouds do it), so
every packet passes its node. Pod networks are routed, without a tunnel. Whatever a node or the
router says, it says with its own address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address, ip_network

from prober.fabric.lab.enforcement.network_policy import LocalPod, policy_rules
from prober.fabric.lab.enforcement.obstacles import (
    NOWHERE,
    arrival_rules,
    cache_rules,
    identity_rules,
    path_rules,
    router_rules,
    stray_rules,
)
from prober.fabric.lab.services.translation import UPLINK, service_rules
from prober.fabric.lab.world.addresses import (
    GATEWAY,
    UNSEEN,
    family_of,
    first,
    host_route,
    in_family,
)
from prober.fabric.lab.world.blueprint import Address, End, Neighbour, Route, Space, Wire
from prober.fabric.lab.world.world import DNS_OUTSIDE, ROUTER_OUTSIDE, World
from prober.model.objects import Node, Pod

SWITCH, ROUTER, DNS = "switch", "router", "dns"
"""Namespaces that are nobody's vantage."""
_DEFAULT = {4: "0.0.0.0/0", 6: "::/0"}
_SUBNET = {4: 24, 6: 64}
"""The nodes' network: `addresses.PLAN` lets no node's address be outside of it."""
_MTU = 1500


def pod_space(pod: Pod) -> str:
    """The namespace that a pod's processes are in: its own, or its node's."""
    return node_space(pod.node) if pod.host_network else f"pod/{pod.namespace}/{pod.name}"


def node_space(name: str) -> str:
    return f"node/{name}"


def host_space(name: str) -> str:
    return f"outside/{name}"


@dataclass(frozen=True)
class Leaf:
    """Something at the end of a wire of its own: a pod, or a host outside."""

    space: str
    addresses: tuple[str, ...]
    interface: str
    """The other end of its wire."""
    number: int
    """Unique in the lab."""

    @property
    def mac(self) -> str:
        return _mac(2, self.number)

    @property
    def gateway_mac(self) -> str:
        return _mac(3, self.number)


def _mac(kind: int, number: int) -> str:
    """A locally administered address (the second bit of the first byte)."""
    return f"02:{kind:02x}:00:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


@dataclass
class Topology:
    """The wiring of one world."""

    world: World
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1 << 24)))

    @cached_property
    def pod_leaves(self) -> dict[str, tuple[tuple[Pod, Leaf], ...]]:
        """By node."""
        return {
            node: tuple((pod, self._leaf(pod_space(pod), pod.ips, "pod")) for pod in pods)
            for node, pods in self.world.pods_on.items()
        }

    @cached_property
    def host_leaves(self) -> tuple[Leaf, ...]:
        """The hosts outside and, last, the DNS server that they and the nodes use."""
        dns = tuple(DNS_OUTSIDE[family] for family in self.world.families)
        hosts = ((host_space(host.name), host.addresses) for host in self.world.outside)
        return tuple(
            self._leaf(space, addresses, "host") for space, addresses in (*hosts, (DNS, dns))
        )

    def _leaf(self, space: str, addresses: tuple[str, ...], prefix: str) -> Leaf:
        number = next(self._numbers)
        return Leaf(space, addresses, f"{prefix}{number}", number)

    def spaces(self) -> Iterator[Space]:
        """Every namespace."""
        yield Space(SWITCH, bridge="br0")
        yield self._router()
        for node in self.world.snapshot.nodes.values():
            yield self._node(node)
            yield from (
                _leaf_space(leaf, arrival_rules(self.world, pod))
                for pod, leaf in self.pod_leaves[node.name]
            )
        yield from (_leaf_space(leaf) for leaf in self.host_leaves)

    def wires(self) -> Iterator[Wire]:
        """Every wire."""
        mtus = dict(self.world.fault_effects.mtus)
        yield self._to_switch(0, ROUTER, mtus.get("", _MTU))
        for index, node in enumerate(self.world.snapshot.nodes, 1):
            yield self._to_switch(index, node_space(node), mtus.get(node, _MTU))
            yield from (_leaf_wire(node_space(node), leaf) for _, leaf in self.pod_leaves[node])
        yield from (_leaf_wire(ROUTER, leaf) for leaf in self.host_leaves)

    def _to_switch(self, index: int, space: str, mtu: int) -> Wire:
        """A switch drops what is too large for one of its ports and tells nobody: the black hole of
        a lower MTU. Its port would let through what the sender left to be cut up later, so the
        senders are made to cut it up."""
        # The lower MTU is on the switch's own port and not on the node's: with it on the node, the
        # node would answer "fragmentation needed", which is the healthy case. A black hole is an
        # element without an address of its own that drops in silence.
        port = End(
            SWITCH, f"port{index}", _mac(0, index), mtu, offload=not self.world.fault_effects.mtus
        )
        return Wire(
            port,
            End(space, UPLINK, _mac(1, index), _MTU, offload=not self.world.fault_effects.mtus),
        )

    @cached_property
    def _stations(self) -> tuple[tuple[str, tuple[str, ...], str], ...]:
        """(name, addresses, MAC) of everyone on the switch: the router first, then the nodes."""
        router = (ROUTER, tuple(self.world.router.values()), _mac(1, 0))
        nodes = self.world.snapshot.nodes.values()
        return (
            router,
            *((node_space(n.name), n.addresses, _mac(1, i)) for i, n in enumerate(nodes, 1)),
        )

    def _on_switch(self, name: str) -> tuple[tuple[Address, ...], tuple[Neighbour, ...]]:
        # Everybody on the switch knows everybody else's hardware address from the start, and no
        # address twice: `next` finds exactly one.
        own = next(addresses for space, addresses, _ in self._stations if space == name)
        neighbours = tuple(
            Neighbour(UPLINK, ip, mac)
            for space, addresses, mac in self._stations
            if space != name
            for ip in addresses
        )
        return tuple(Address(UPLINK, ip, _SUBNET[family_of(ip)]) for ip in own), neighbours

    def _node(self, node: Node) -> Space:
        addresses, neighbours = self._on_switch(node_space(node.name))
        leaves = self.pod_leaves[node.name]
        local = [LocalPod(pod, leaf.interface) for pod, leaf in leaves]
        rules = (
            identity_rules(self.world, local),
            service_rules(self.world, node),
            stray_rules(self.world, node),
            cache_rules(self.world, node),
            path_rules(self.world, node),
        )
        cache = self.world.spec.node_local_dns
        return Space(
            node_space(node.name),
            forwarding=True,
            addresses=(*addresses, *_loopback([cache] if cache else [])),
            routes=(
                *self._leaf_routes([leaf for _, leaf in leaves], node.addresses),
                *self._pod_routes(besides=node.name),
                *(Route(_DEFAULT[f], UPLINK, ip) for f, ip in self.world.router.items()),
            ),
            neighbours=(*neighbours, *_leaf_neighbours([leaf for _, leaf in leaves])),
            ruleset="".join(rules),
            policies=policy_rules(self.world, node, local),
        )

    def _router(self) -> Space:
        addresses, neighbours = self._on_switch(ROUTER)
        own = tuple(ROUTER_OUTSIDE[family] for family in self.world.families)
        return Space(
            ROUTER,
            forwarding=True,
            addresses=(*addresses, *_loopback(own)),
            routes=(
                *self._leaf_routes(self.host_leaves, own),
                *self._pod_routes(),
                *self._virtual_routes(),
                *self._nowhere(),
            ),
            neighbours=(*neighbours, *_leaf_neighbours(self.host_leaves)),
            ruleset=router_rules(self.world),
        )

    def _leaf_routes(self, leaves: Sequence[Leaf], own: Sequence[str]) -> Iterator[Route]:
        for leaf in leaves:
            for ip in leaf.addresses:
                yield Route(host_route(ip), leaf.interface, source=first(own, family_of(ip)))

    def _pod_routes(self, besides: str = "") -> Iterator[Route]:
        """To the pods of every other node: its networks, and those of its pods that are not in
        them."""
        for node in self.world.snapshot.nodes.values():
            if node.name == besides or node.name in self.world.fault_effects.unrouted:
                continue
            networks = [
                ip_network(cidr)
                for cidr in node.pod_cidrs
                if family_of(cidr) in self.world.families
            ]
            strays = (
                host_route(ip)
                for pod in self.world.pods_on[node.name]
                for ip in pod.ips
                if not any(ip_address(ip) in network for network in networks)
            )
            # A pod whose address is outside of its node's CIDR needs a route of its own. Real CNIs
            # have such pods as well (Calico's pools, Cilium's multi-pool IPAM).
            for destination in (*map(str, networks), *strays):
                yield Route(destination, UPLINK, first(node.addresses, family_of(destination)))

    def _virtual_routes(self) -> Iterator[Route]:
        for ip, node in self.world.virtual_ips.items():
            gateway = first(self.world.snapshot.nodes[node].addresses, family_of(ip))
            if gateway:
                yield Route(host_route(ip), UPLINK, gateway)

    def _nowhere(self) -> Iterator[Route]:
        yield Route(_DEFAULT[4], NOWHERE)
        if 6 in self.world.families:
            yield Route(_DEFAULT[6], kind="unreachable")
            yield from (Route(str(network), kind="blackhole") for network in UNSEEN[6])


def _loopback(own: Iterable[str]) -> Iterator[Address]:
    """Addresses that are on no wire."""
    return (Address("lo", ip, int(host_route(ip).split("/")[1])) for ip in own)


def _leaf_space(leaf: Leaf, ruleset: str = "") -> Space:
    families = sorted({family_of(ip) for ip in leaf.addresses})
    return Space(
        leaf.space,
        addresses=tuple(
            Address("eth0", ip, int(host_route(ip).split("/")[1])) for ip in leaf.addresses
        ),
        routes=tuple(
            Route(_DEFAULT[f], "eth0", GATEWAY[f], source=in_family(leaf.addresses, f)[0])
            for f in families
        ),
        neighbours=tuple(Neighbour("eth0", GATEWAY[f], leaf.gateway_mac) for f in families),
        ruleset=ruleset,
    )


def _leaf_wire(hub: str, leaf: Leaf) -> Wire:
    return Wire(End(hub, leaf.interface, leaf.gateway_mac), End(leaf.space, "eth0", leaf.mac))


def _leaf_neighbours(leaves: Sequence[Leaf]) -> Iterator[Neighbour]:
    for leaf in leaves:
        yield from (Neighbour(leaf.interface, ip, leaf.mac) for ip in leaf.addresses)
