"""The lab's nodes: those of the manifests, those that pods name, and as many more as are asked for.
Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import ip_network

from prober.fabric.lab.world.addresses import (
    NODE_POD_PREFIX,
    PLAN,
    Network,
    Pool,
    Role,
    first,
    is_kept,
)
from prober.model.errors import FabricError
from prober.model.objects import Node
from prober.model.snapshot import Snapshot

_FIRST_NODE = {4: 11, 6: 0x11}
"""198.51.100.11 and 2001:db8::11 are the first node's."""


@dataclass(slots=True)
class PodNetworks:
    """Hands out pod CIDRs that overlap with none that a manifest gives."""

    taken: list[Network]

    def take(self, family: int) -> str:
        """The next free /24 of 198.18.0.0/16, or /64 of 2001:db8:1::/48; the first (zero) one stays
        unused."""
        subnets = PLAN[Role.POD, family].new.subnets(new_prefix=NODE_POD_PREFIX[family])
        next(subnets)
        for network in subnets:
            if not any(
                network.version == other.version and network.overlaps(other) for other in self.taken
            ):
                self.taken.append(network)
                return str(network)
        raise FabricError(
            "no pod CIDR is left for another node", hint="make the lab smaller: it has 255 of them"
        )


def complete_nodes(
    snapshot: Snapshot, count: int, families: tuple[int, ...], pool: Pool
) -> tuple[dict[str, Node], list[str]]:
    """All nodes, by name, each with an address and a pod CIDR of every family; and what is worth a
    warning.

    `count` nodes are made when the manifests have none; a node that only a pod names is made as
    well.
    """
    nodes = dict(snapshot.nodes)
    named = dict.fromkeys(pod.node for pod in snapshot.pods.values() if pod.node and pod.running)
    unknown = [name for name in named if name not in nodes]
    warnings = [
        f"node {name} is made: pods run on it, but no manifest has it" for name in unknown if nodes
    ]
    if not nodes:
        spare = [name for number in range(1, count + 1) if (name := f"n{number}") not in named]
        unknown += spare[: max(count - len(unknown), 0)]
    for name in unknown:
        nodes[name] = Node(name, labels={"kubernetes.io/hostname": name})
    cidrs = {name: _own_cidrs(node) for name, node in nodes.items()}
    networks = PodNetworks([ip_network(text) for texts in cidrs.values() for text in texts])
    return {
        name: _complete(replace(node, pod_cidrs=cidrs[name]), families, pool, networks)
        for name, node in sorted(nodes.items(), key=lambda item: _natural(item[0]))
    }, warnings


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts n2 before n10."""
    return [(int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)]


def _own_cidrs(node: Node) -> tuple[str, ...]:
    return tuple(text for text in node.pod_cidrs if is_kept(text.split("/")[0], Role.POD))


def _complete(node: Node, families: tuple[int, ...], pool: Pool, networks: PodNetworks) -> Node:
    addresses, cidrs = list(node.addresses), list(node.pod_cidrs)
    for family in families:
        if not first(addresses, family):
            addresses.append(pool.take(PLAN[Role.NODE, family].new, _FIRST_NODE[family]))
        if not first(cidrs, family):
            cidrs.append(networks.take(family))
    return replace(node, addresses=tuple(addresses), pod_cidrs=tuple(cidrs))
