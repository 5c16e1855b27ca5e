"""Pods that no rule about ingress tells apart: the kinds of sources."""

from __future__ import annotations

from collections.abc import Iterable

from prober.policy.deciding.rules.pod_sets import PodSet, members
from prober.policy.deciding.world import World
from prober.policy.matrix.spaces import Spaces


def kinds_of(world: World, spaces: Spaces) -> tuple[int, ...]:
    """A number for each pod; pods with the same one are the same to every peer of every rule about
    ingress. Labels that nobody selects by, and namespaces, mean nothing by themselves."""
    return alike([*_told_apart(world, spaces), spaces.host], len(spaces.pods))


def alike(sets: Iterable[PodSet], count: int) -> tuple[int, ...]:
    """A number for each of `count` pods; pods with the same one are in the same ones of the
    sets."""
    # The signature of a pod is the list of the sets that it is in. Pods of one Deployment have the
    # same labels and are in the same sets, so there are about as many kinds as workloads, and the
    # matrix has a row for each kind instead of one for each pod.
    within: list[list[int]] = [[] for _ in range(count)]
    everyone = (1 << count) - 1
    for number, pods in enumerate(dict.fromkeys(sets)):
        # in a set, or out of it: what is told apart is the same, and the fewer are written down
        few = pods if pods.bit_count() * 2 <= count else everyone & ~pods
        for index in members(few):
            within[index].append(number)
    known: dict[tuple[int, ...], int] = {}
    return tuple(known.setdefault(tuple(numbers), len(known)) for numbers in within)


def _told_apart(world: World, spaces: Spaces) -> Iterable[PodSet]:
    """The sets of pods that rules about ingress have as their peers, as the rules stand before the
    pods: some languages bind them together only there."""
    every = (world.applied(index, "ingress") for index in members(spaces.all & ~spaces.dead))
    for applied in {id(applied): applied for applied in every}.values():
        for rule in applied.rules:
            for space in (spaces.as_pod, spaces.near, spaces.far):
                yield from space.peers(rule)
