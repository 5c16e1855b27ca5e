"""Moving addresses from one network to another, also inside policies' ipBlocks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from prober.fabric.lab.world.addresses import Address, Network
from prober.model.objects import IPBlock


@dataclass(frozen=True, slots=True)
class Move:
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


def moved_address(text: str, moves: Sequence[Move]) -> str:
    """The address after the moves: the same text when none concerns it."""
    address = ip_address(text)
    move = next((move for move in moves if address in move.old), None)
    return str(move.address(address)) if move else text


def moved_network(text: str, moves: Sequence[Move]) -> str | None:
    """The network after the moves, or None when it does not move as a whole."""
    network = ip_network(text, strict=False)
    move = next((move for move in moves if within(network, move.old)), None)
    return str(move.network(network)) if move else None


def moved_block(block: IPBlock, moves: Sequence[Move]) -> tuple[IPBlock, ...]:
    """The blocks that mean, after the moves, what this one meant before them.

    A block around a moved network gets a companion for the place where that went (or, where it
    covers that place already, the exceptions that belong there).
    """
    cidr = ip_network(block.cidr, strict=False)
    excepts = [ip_network(text, strict=False) for text in block.excepts]
    for move in moves:
        if within(cidr, move.old):
            return (
                IPBlock(
                    str(move.network(cidr)),
                    tuple(str(move.network(excepted)) for excepted in excepts),
                ),
            )
    companions: list[IPBlock] = []
    added: list[Network] = []
    for move in moves:
        if not within(move.old, cidr):
            continue
        shares = [share for excepted in excepts if (share := move.share(excepted)) is not None]
        if within(move.new, cidr):
            added.extend(shares)
        elif move.new not in shares:
            companions.append(IPBlock(str(move.new), tuple(map(str, shares))))
    kept = tuple(dict.fromkeys((*block.excepts, *map(str, added))))
    return (IPBlock(block.cidr, kept), *companions)
