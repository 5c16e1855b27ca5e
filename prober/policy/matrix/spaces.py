"""All pods in one way of seeing them, as the peers of rules ask about them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import ChainMap, defaultdict
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from copy import copy
from dataclasses import replace
from functools import cached_property

from prober.model.objects import IPBlock
from prober.policy.deciding.rules.addresses import Range, compile_block
from prober.policy.deciding.rules.levels import NO, YES, Level
from prober.policy.deciding.rules.pod_sets import PodSet, members, set_of
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpoint, PolicyEndpointKind
from prober.policy.deciding.rules.rule import Rule
from prober.policy.deciding.rules.terms import Chosen
from prober.policy.deciding.world import World


class Spaces:
    """The three spaces of a world, and what of its pods does not depend on any policy."""

    def __init__(self, world: World) -> None:
        self.all = world.sets.all
        self.pods = pods = world.sets.pods
        self.host = world.sets.host_network
        self.dead = set_of(at for at, pod in enumerate(pods) if not pod.running or pod.unscheduled)
        # Lists of indexes first, one set at the end: a set that grows by one bit is a new integer
        # of the whole length each time, which is quadratic in the number of pods.
        by_node: defaultdict[str, list[int]] = defaultdict(list)
        for index, pod in enumerate(pods):
            by_node[pod.node].append(index)
        self.on = {node: set_of(indexes) for node, indexes in by_node.items() if node}
        self.nowhere = set_of(by_node.get("", ()))
        endpoints = {index: world.endpoint(index) for index in range(len(pods))}
        hosts = {index: endpoints[index] for index in members(self.host)}
        self.as_pod = PodSpace(endpoints, self.all, as_pods=True)
        self.near, self.far = (
            PodSpace(
                {index: _node(host, local=local) for index, host in hosts.items()},
                self.host,
                as_pods=False,
            )
            for local in (True, False)
        )

    def over(self) -> Spaces:
        """The same pods, for other policies: what is known stays, what is new is not kept here."""
        other = copy(self)
        other.as_pod, other.near, other.far = (
            space.over() for space in (self.as_pod, self.near, self.far)
        )
        return other


class PodSpace:
    """All pods in one way of seeing them. Answers are kept: rules repeat their peers."""

    def __init__(
        self,
        endpoints: Mapping[int, PolicyEndpoint],
        everyone: PodSet,
        *,
        as_pods: bool,
    ) -> None:
        self.all = everyone
        self._endpoints = endpoints
        self._as_pods = as_pods
        self._chosen: MutableMapping[int, Chosen] = {}
        self._held: MutableMapping[tuple[IPBlock, object], Chosen] = {}
        self._rules: list[Rule] = []  # so that no identity is used again while its answer is kept

    def over(self) -> PodSpace:
        """The same pods, with answers of its own beside those that are known."""
        other = copy(self)
        other._chosen, other._held = ChainMap({}, self._chosen), ChainMap({}, self._held)
        other._rules = []
        return other

    def where(self, level: Callable[[PolicyEndpoint], Level]) -> Chosen:
        """The pods of which a level holds."""
        return self._where(level, members(self.all))

    def held(self, block: IPBlock, level: Callable[[PolicyEndpoint], Level]) -> Chosen:
        """The pods of which a level holds that is about an ipBlock: NO for whoever has addresses
        and none of them in its CIDR, and the same for all who have none. Many policies repeat the
        same block."""
        key = block, getattr(level, "__func__", level)  # methods of many rules are one function
        chosen = self._held.get(key)
        if chosen is None:
            # Two binary searches instead of a comparison with each pod: a cluster has hundreds of
            # ipBlocks, and few pods in any of them.
            within = self._addressed.within(compile_block(block).cidr)
            perhaps, surely = self._where(level, within)
            if self._unknown:
                answer = level(self._endpoints[next(members(self._unknown))])
                perhaps |= self._unknown if answer > NO else 0
                surely |= self._unknown if answer == YES else 0
            chosen = self._held[key] = Chosen(perhaps, surely)
        return chosen

    def selected(self, pods: PodSet) -> Chosen:
        """The pods of a selection: selectors select pods, and nobody who is seen as a node."""
        return Chosen(pods, pods) if self._as_pods else Chosen(0, 0)

    def peers(self, rule: Rule) -> Chosen:
        """The pods that are peers of a rule."""
        # By identity: hashing a rule would walk through its selectors each time. `_rules` keeps
        # every rule alive whose answer is kept, or a later one could get its identity and its
        # answer.
        chosen = self._chosen.get(id(rule))
        if chosen is None:
            chosen = self._chosen[id(rule)] = rule.chosen(self)
            self._rules.append(rule)
        return chosen

    def _where(self, level: Callable[[PolicyEndpoint], Level], asked: Iterable[int]) -> Chosen:
        levels = [(index, level(self._endpoints[index])) for index in asked]
        return Chosen(
            set_of(index for index, answer in levels if answer > NO),
            set_of(index for index, answer in levels if answer == YES),
        )

    @cached_property
    def _unknown(self) -> PodSet:
        """The pods of which no address is known."""
        return set_of(
            index for index, endpoint in self._endpoints.items() if not endpoint.addresses
        )

    @cached_property
    def _addressed(self) -> _ByAddress:
        return _ByAddress(self._endpoints)


class _ByAddress:
    """Pods in the order of their addresses, so that a block looks at its own and at no others."""

    def __init__(self, endpoints: Mapping[int, PolicyEndpoint]) -> None:
        self._order: dict[int, tuple[list[int], list[int]]] = {}
        known: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for index, endpoint in endpoints.items():
            for version, value in endpoint.addresses:
                known[version].append((value, index))
        for version, pairs in known.items():
            pairs.sort()
            self._order[version] = [value for value, _ in pairs], [index for _, index in pairs]

    def within(self, cidr: Range) -> set[int]:
        """The pods that have an address in a range."""
        values, indexes = self._order.get(cidr.version, ([], []))
        return set(indexes[bisect_left(values, cidr.low) : bisect_right(values, cidr.high)])


def _node(endpoint: PolicyEndpoint, *, local: bool) -> PolicyEndpoint:
    """A pod as the node whose network it uses."""
    return replace(endpoint, kind=PolicyEndpointKind.NODE, pod=None, index=-1, local=local)
