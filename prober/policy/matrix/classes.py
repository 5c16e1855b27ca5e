"""Pods that nothing can tell apart: no selector, no address range, no name of a port, no Service
and no way of running.

What is predicted of one pod of a class holds for all of them, towards others and from others, on
every port that they declare. Nodes are left out, but for pods on a node's own network: who is on
the same node as whom is a matter of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator

from prober.model.objects import LabelSelector
from prober.model.prediction import DIRECTIONS
from prober.model.snapshot import Snapshot
from prober.policy.deciding.rules.pod_sets import PodSet, set_of
from prober.policy.deciding.world import World
from prober.policy.matrix.kinds import alike
from prober.policy.matrix.spaces import Spaces
from prober.policy.worlds import worlds_of

Key = tuple[str, str]
"""A pod's namespace and name."""


def pod_classes(snapshot: Snapshot) -> dict[Key, int]:
    """A number for each pod; pods with the same one are a class. Raises `UsageError` for an ipBlock
    that is not a CIDR."""
    worlds = worlds_of(snapshot, {})
    pods = worlds[0].sets.pods
    sets = [pods_set for world in worlds for pods_set in _told_apart(world)]
    sets += _behind_services(worlds[0], snapshot)
    numbers = alike(sets, len(pods))
    known: dict[object, int] = {}
    classes = {}
    for index, pod in enumerate(pods):
        applied = [
            id(world.applied(index, direction)) for world in worlds for direction in DIRECTIONS
        ]
        ports = frozenset((port.number, port.protocol, port.name) for port in pod.ports)
        lively = pod.running, pod.unscheduled, pod.host_network and (pod.node or True)
        same = (numbers[index], tuple(applied), ports, lively)
        classes[pod.namespace, pod.name] = known.setdefault(same, len(known))
    return classes


def _told_apart(world: World) -> Iterator[PodSet]:
    """The peers of all rules, in both directions."""
    spaces = Spaces(world)
    every = {
        id(applied): applied
        for index in range(len(spaces.pods))
        for applied in (world.applied(index, direction) for direction in DIRECTIONS)
    }
    for applied in every.values():
        for rule in applied.rules:
            for space in (spaces.as_pod, spaces.near, spaces.far):
                yield from space.peers(rule)


def _behind_services(world: World, snapshot: Snapshot) -> Iterator[PodSet]:
    """The pods that each Service selects, and those of its EndpointSlices."""
    for service in snapshot.services.values():
        if service.selector:
            within = world.sets.of_namespace(service.namespace)
            yield within & world.sets.select(LabelSelector(service.selector))
    for endpoints in snapshot.slices:
        named = (endpoint.pod for endpoint in endpoints.endpoints if endpoint.pod)
        positions = (world.sets.position.get((endpoints.namespace, name)) for name in named)
        yield set_of(position for position in positions if position is not None)
