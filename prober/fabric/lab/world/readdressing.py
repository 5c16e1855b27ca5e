"""Moving addresses from one network to another, also inside policies' ipBlocks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from prober.fabric.lab.world.addresses import Address, Network
from prober.model.objects import IPBlock


@dataclass(frozen=True, slots=True)
class Readdressing:
    """All of `old` becomes the network `new` of the same size, each address at the same place in
    it."""

    old: Network
    new: Network

    def address(self, address: Address) -> Address:
        return self.new[int(address) - int(self.old.network_address)]

    def network(self, network: Network) -> Network:
        """Of a network inside `old`."""
        return ip_network(f"{self.address(network.network_address)}/{network.prefixlen}")

    def share(self, network: Network) -> Network | None:
        """Where the part of `network` that moves ends up; None when it has none. Networks nest or
        are disjoint."""
        if within(network, self.old):
            return self.network(network)
        return self.new if within(self.old, network) else None


def within(inner: Network, outer: Network) -> bool:
    """Is `inner` a part of `outer`; False for two families."""
    return inner.version == outer.version and (
        outer.prefixlen <= inner.prefixlen and inner.network_address in outer
    )


def moved_address(text: str, readdressings: Sequence[Readdressing]) -> str:
    """The address after the readdressings: the same text when none concerns it."""
    address = ip_address(text)
    readdressing = next(
        (readdressing for readdressing in readdressings if address in readdressing.old), None
    )
    return str(readdressing.address(address)) if readdressing else text


def moved_network(text: str, readdressings: Sequence[Readdressing]) -> str | None:
    """The network after the readdressings, or None when it does not move as a whole."""
    network = ip_network(text, strict=False)
    readdressing = next(
        (readdressing for readdressing in readdressings if within(network, readdressing.old)), None
    )
    return str(readdressing.network(network)) if readdressing else None


def moved_block(block: IPBlock, readdressings: Sequence[Readdressing]) -> tuple[IPBlock, ...]:
    """The blocks that mean, after the readdressings, what this one meant before them.

    A block around a moved network gets a companion for the place where that went (or, where it
    covers that place already, the exceptions that belong there).
    """
    cidr = ip_network(block.cidr, strict=False)
    excepts = [ip_network(text, strict=False) for text in block.excepts]
    for readdressing in readdressings:
        if within(cidr, readdressing.old):
            return (
                IPBlock(
                    str(readdressing.network(cidr)),
                    tuple(str(readdressing.network(excepted)) for excepted in excepts),
                ),
            )
    companions: list[IPBlock] = []
    added: list[Network] = []
    for readdressing in readdressings:
        if not within(readdressing.old, cidr):
            continue
        shares = [
            share for excepted in excepts if (share := readdressing.share(excepted)) is not None
        ]
        if within(readdressing.new, cidr):
            added.extend(shares)
        elif readdressing.new not in shares:
            companions.append(IPBlock(str(readdressing.new), tuple(map(str, shares))))
    kept = tuple(dict.fromkeys((*block.excepts, *map(str, added))))
    return (IPBlock(block.cidr, kept), *companions)
