"""PURE. Which nodes probe what, by rendezvous hashing over their names.

Each target is probed by the few nodes that have the highest hash together with it. So every node is
probed by as many others, the probes are linear in the nodes, nobody keeps a state, and a node that
comes or goes changes little: only its own probers, and one in each of the few sets that it is in.

Source: Thaler and Ravishankar, "Using name-based mappings to increase hit rates" (IEEE/ACM
Transactions on Networking 6(1), 1998).
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence

PROBERS = 3
"""Nodes that probe each node: one that is ill itself does not say that all others are."""
_MASK = (1 << 64) - 1


def peers(nodes: Iterable[str], probers: int = PROBERS) -> Mapping[str, Sequence[str]]:
    """For each node the nodes that it probes, by name. Every node is probed by `probers` others, or
    by all others where there are fewer."""
    names = sorted(set(nodes))
    seeds = {name: seed(name) for name in names}
    chosen: dict[str, list[str]] = {name: [] for name in names}
    for target in names:
        others = (name for name in names if name != target)
        weight = seeds[target]
        best = heapq.nlargest(probers, others, key=lambda name: (mixed(seeds[name], weight), name))
        for source in best:
            chosen[source].append(target)
    return chosen


def prober_of(target: str, nodes: Iterable[str]) -> str:
    """Of some nodes, at least one, the one that probes this."""
    weight = seed(target)
    return max(nodes, key=lambda name: (mixed(seed(name), weight), name))


def seed(name: str) -> int:
    """A word for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])


def mixed(one: int, other: int) -> int:
    """A word for two that differs in half of its bits when one bit of theirs does: the finalizer of
    splitmix64. Quick, since it is asked for each pair."""
    value = one ^ other
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & _MASK
    return value ^ (value >> 31)
