"""The lab's address plan, and handing out addresses from it. Pure.

Only ranges that are reserved for documentation and benchmarks (RFC 5737, RFC 2544, RFC 3849):
nothing that leaks from a lab could ever reach anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from prober.model.errors import FabricError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
FAMILIES = (4, 6)


class Role(StrEnum):
    """What an address is for."""

    NODE = "node"
    POD = "pod"
    SERVICE = "service"
    OUTSIDE = "outside"
    BALANCER = "load balancer"
    """Virtual: load balancers' and external IPs of Services."""


@dataclass(frozen=True, slots=True)
class Range:
    """Where the addresses of one role and family are."""

    new: Network
    """What the lab hands out itself."""
    kept: tuple[Network, ...]
    """An address from a manifest stays as it is when it is in one of these."""


def _range(new: str, *kept: str) -> Range:
    return Range(ip_network(new), tuple(ip_network(text) for text in kept or (new,)))


PLAN: Mapping[tuple[Role, int], Range] = {
    (Role.NODE, 4): _range("198.51.100.0/24"),
    (Role.NODE, 6): _range("2001:db8::/64"),
    (Role.POD, 4): _range("198.18.0.0/16", "198.18.0.0/15"),
    (Role.POD, 6): _range("2001:db8:1::/48", "2001:db8::/32"),
    (Role.SERVICE, 4): _range("198.19.0.0/16", "198.18.0.0/15"),
    (Role.SERVICE, 6): _range("2001:db8:2::/112", "2001:db8::/32"),
    (Role.OUTSIDE, 4): _range("203.0.113.0/25", "203.0.113.0/24"),
    (Role.OUTSIDE, 6): _range("2001:db8:ffff::/64", "2001:db8::/32"),
    (Role.BALANCER, 4): _range("203.0.113.128/25", "203.0.113.0/24", "198.51.100.0/24"),
    (Role.BALANCER, 6): _range("2001:db8:ffff:1::/112", "2001:db8::/32"),
}

NODE_POD_PREFIX: Mapping[int, int] = {4: 24, 6: 64}
"""The length of the pod CIDR that the lab gives to a node."""
GATEWAY: Mapping[int, str] = {4: "169.254.1.1", 6: "fe80::1"}
"""What a pod or an outside host sends everything to: link-local, and nobody's own (as Calico's
workloads see it)."""
UNSEEN: Mapping[int, tuple[Network, ...]] = {
    4: (ip_network("198.18.0.0/15"),),
    6: (ip_network("2001:db8:1::/48"), ip_network("2001:db8:2::/48")),
}
"""Pods and Services together: what a gateway outside the cluster does not answer for."""


def family_of(address: str) -> int:
    """4 or 6. A network in CIDR form will do too."""
    return 6 if ":" in address else 4


def in_family(addresses: Iterable[str], family: int) -> tuple[str, ...]:
    """The addresses (or networks) of one family, in their order."""
    return tuple(address for address in addresses if family_of(address) == family)


def first(addresses: Iterable[str], family: int) -> str:
    """The first address of the family, or an empty string."""
    return next(iter(in_family(addresses, family)), "")


def is_kept(address: str, role: Role) -> bool:
    """May an address from a manifest stay as it is."""
    parsed = ip_address(address)
    return any(parsed in network for network in PLAN[role, parsed.version].kept)


def host_route(address: str) -> str:
    """The address as a network of one."""
    return f"{address}/{32 if family_of(address) == 4 else 128}"


class Pool:
    """Hands out addresses that nobody has."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {ip_address(address) for address in taken}
        self._next: dict[Network, int] = {}

    def reserve(self, address: str) -> str:
        """Take this one. Taking it twice does no harm."""
        self._taken.add(ip_address(address))
        return address

    def take(self, network: Network, start: int = 1) -> str:
        """The next free address of the network, from its `start`-th on; the last one is left out
        (broadcast).

        Raises `FabricError` when it is full.
        """
        offset = self._next.get(network, start)
        while offset < network.num_addresses - 1:
            candidate = network[offset]
            offset += 1
            if candidate not in self._taken:
                self._next[network] = offset
                return self.reserve(str(candidate))
        raise FabricError(
            f"no address is left in {network}",
            hint="make the lab smaller, or give its nodes larger podCIDRs",
        )

    def take_or(self, wanted: str, network: Network) -> str:
        """This address if it is free, else the next of the network."""
        return self.take(network) if ip_address(wanted) in self._taken else self.reserve(wanted)
