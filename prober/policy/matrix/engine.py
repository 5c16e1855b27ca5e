"""The matrix engine: how the rows are computed, rules against all pods at once.

A single prediction folds the tiers over one flow. Here the same fold (`tiers.fold`) goes over a set
with a bit for each pod, so that one rule is matched against all destinations of a source in a few
operations on integers:

- **egress**: for each source, or rather for each set of policies that selects some, one fold gives
  all destinations;
- **ingress**: the other way round, one fold for each group of destinations gives all sources. Rows
  are by source, so the columns are turned into rows in the end (`_arriving`), once for each kind of
  source that no rule can tell apart.

The fold says of each pod whether the flow *may* be allowed and whether it *may* be denied; both is
`undefined`. That makes interpretations easy: where the API permits several, the possibilities of
all of them are put together, and what is left with one possibility is decided.

Interpretations differ for pods on the host network only (see `flow_directions`). Plugins that
tell them apart treat them as *pods*; those that ignore them treat them as their *node*: as the
subject's own node where that is the same one (*near*) and as another one otherwise (*far*). So
every fold is made three times, over all pods as pods, and over the few that are on the host network
as a near and as a far node. Where a pod's node is not known it may be near or far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

from prober.model.objects import IPBlock
from prober.model.prediction import Direction
from prober.policy.deciding.levels import NO, YES, Level
from prober.policy.deciding.matchers import Applied, PolicyMatcher, Rule
from prober.policy.deciding.pod_sets import PodSet, members
from prober.policy.deciding.policy_endpoints import PolicyEndpoint, PolicyEndpointKind, Target
from prober.policy.deciding.terms import Chosen
from prober.policy.deciding.tiers import fold
from prober.policy.deciding.world import PortKey, World


class Row(NamedTuple):
    """One source and one port: the destinations for which each direction is allowed or denied (else
    undefined)."""

    egress_allowed: PodSet
    egress_denied: PodSet
    ingress_allowed: PodSet
    ingress_denied: PodSet


class May(NamedTuple):
    """Which pods may be allowed, and which may be denied. Those that may be both are undefined."""

    allowed: PodSet
    denied: PodSet

    def joined(self, other: May, where: PodSet) -> May:
        """With the possibilities of another interpretation for the pods `where` it is permitted."""
        return May(self.allowed | (other.allowed & where), self.denied | (other.denied & where))

    def only(self, where: PodSet) -> May:
        return May(self.allowed & where, self.denied & where)


class Seen(NamedTuple):
    """The same for each way in which a pod may be seen."""

    as_pod: May
    near: May
    far: May


def rows_of(world: World, destinations: Mapping[PortKey, PodSet]) -> dict[PortKey, tuple[Row, ...]]:
    """The rows of every port: one for each source, in the order of the pods."""
    engine = MatrixEngine(world)
    return {key: engine.rows(key, targets) for key, targets in destinations.items()}


class PodSpace:
    """All pods in one way of seeing them, as terms ask for them. Answers are kept: rules repeat
    their peers."""

    def __init__(
        self, endpoints: Mapping[int, PolicyEndpoint], everyone: PodSet, *, as_pods: bool
    ) -> None:
        self.all = everyone
        self._endpoints = endpoints
        self._as_pods = as_pods
        self._chosen: dict[int, Chosen] = {}
        self._held: dict[IPBlock, Chosen] = {}
        self._rules: list[Rule] = []  # so that no identity is used again while its answer is kept

    def where(self, level: Callable[[PolicyEndpoint], Level]) -> Chosen:
        """The pods of which a level holds."""
        perhaps = surely = 0
        for index in members(self.all):
            answer = level(self._endpoints[index])
            if answer > NO:
                perhaps |= 1 << index
                surely |= (answer == YES) << index
        return Chosen(perhaps, surely)

    def held(self, block: IPBlock, level: Callable[[PolicyEndpoint], Level]) -> Chosen:
        """The pods of which a level holds that is about an ipBlock. Many policies repeat the same
        block."""
        if block not in self._held:
            self._held[block] = self.where(level)
        return self._held[block]

    def selected(self, pods: PodSet) -> Chosen:
        """The pods of a selection: selectors select pods, and nobody who is seen as a node."""
        return Chosen(pods, pods) if self._as_pods else Chosen(0, 0)

    def peers(self, rule: Rule) -> Chosen:
        """The pods that are peers of a rule."""
        chosen = self._chosen.get(id(rule))
        if chosen is None:
            chosen = self._chosen[id(rule)] = rule.chosen(self)
            self._rules.append(rule)
        return chosen


class MatrixEngine:
    """Works out the rows of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._all = world.sets.all
        self._pods = pods = world.sets.pods
        self._host = _where(pod.host_network for pod in pods)
        self._dead = _where(not pod.running or pod.unscheduled for pod in pods)
        self._called: dict[PortKey, list[tuple[Target, PodSet]]] = {}
        self._nowhere = _where(not pod.node for pod in pods)
        self._on: dict[str, PodSet] = defaultdict(int)
        for index, pod in enumerate(pods):
            if pod.node:
                self._on[pod.node] |= 1 << index
        endpoints = {index: world.endpoint(index) for index in range(len(pods))}
        self._as_pod = PodSpace(endpoints, self._all, as_pods=True)
        hosts = {index: endpoints[index] for index in members(self._host)}
        self._near, self._far = (
            PodSpace(
                {index: _node(endpoint, local=local) for index, endpoint in hosts.items()},
                self._host,
                as_pods=False,
            )
            for local in (True, False)
        )

    def rows(self, key: PortKey, targets: PodSet) -> tuple[Row, ...]:
        """All rows of one port. Sources that policies cannot tell apart are worked out once."""
        groups = self._ingress_groups(key, targets)
        egress: dict[int, Seen] = {}
        ingress: dict[int, Seen] = {}
        made: list[Row] = []
        for index in range(len(self._pods)):
            if self._dead >> index & 1:
                made.append(Row(0, 0, 0, 0))
                continue
            applied = self._world.applied(index, "egress")
            if id(applied) not in egress:
                egress[id(applied)] = self._towards(applied, key, targets)
            kind = self._kinds[index]
            if kind not in ingress:
                ingress[kind] = _arriving(groups, index, as_node=bool(self._host >> index & 1))
            made.append(self._row(index, targets, egress[id(applied)], ingress[kind]))
        return tuple(made)

    def _row(self, index: int, targets: PodSet, egress: Seen, ingress: Seen) -> Row:
        """Put all permitted interpretations together for one source."""
        itself = 1 << index
        alive = targets & ~self._dead
        hosts = targets & self._host
        out = self._leaving(index, egress) if hosts or self._host & itself else egress.as_pod
        into = self._entering(index, ingress) if hosts or self._host & itself else ingress.as_pod
        return Row(
            ((out.allowed & ~out.denied) | itself) & alive,
            (out.denied & ~out.allowed) & alive & ~itself,
            ((into.allowed & ~into.denied) | itself) & alive,
            (into.denied & ~into.allowed) & alive & ~itself,
        )

    def _leaving(self, index: int, egress: Seen) -> May:
        """Egress of a source. On the host network policies treat it as a pod, or ignore it."""
        reads = self._world.engine
        everyone = May(self._all, 0)
        if self._host >> index & 1:
            return (
                egress.as_pod.joined(everyone, self._all) if reads.host_network_as_pod else everyone
            )
        as_node = self._as_node(index, egress)
        if reads.host_network_as_pod:
            return egress.as_pod.joined(as_node, self._host)
        return egress.as_pod.only(~self._host).joined(as_node, self._host)

    def _entering(self, index: int, ingress: Seen) -> May:
        """Ingress at the destinations, from one source. Those on the host network may be ignored by
        policies."""
        reads = self._world.engine
        may = ingress.as_pod
        if self._host >> index & 1:
            as_node = self._as_node(index, ingress)
            others = self._all & ~self._host
            may = may.joined(as_node, others) if reads.host_network_as_pod else as_node.only(others)
        ignored = May(self._host, 0)
        if not reads.host_network_as_pod:
            may = may.only(~self._host)
        return may.joined(ignored, self._all)

    def _as_node(self, index: int, seen: Seen) -> May:
        """What may become of pairs of which one end is seen as its node: near, far, or nobody
        knows."""
        node = self._pods[index].node
        near = self._on[node] if node else 0
        unsure = self._nowhere if node else self._all
        far = self._all & ~near
        return seen.near.only(near | unsure).joined(seen.far, far | unsure)

    def _towards(self, applied: Applied, key: PortKey, targets: PodSet) -> Seen:
        """Egress: what may become of a source's flows to each destination on a port."""
        number, protocol = key
        calls = self._calls(key, targets)
        plain = Target(protocol, number)

        def as_pods(rule: Rule) -> tuple[PodSet, PodSet]:
            perhaps = surely = 0
            for target, pods in calls:
                level = rule.ports_level(target)
                if level:
                    perhaps |= pods
                    surely |= pods if level == YES else 0
            if not perhaps:
                return 0, 0
            peers = self._as_pod.peers(rule)
            return peers.perhaps & perhaps, peers.surely & surely

        return self._seen("egress", applied, as_pods, plain, self._host & targets)

    def _from(self, applied: Applied, target: Target) -> Seen:
        """Ingress: what may become of each source's flows to a destination on a port."""

        def as_pods(rule: Rule) -> tuple[PodSet, PodSet]:
            return self._matched(rule, target, self._as_pod)

        return self._seen("ingress", applied, as_pods, target, self._host)

    def _seen(
        self,
        direction: Direction,
        applied: Applied,
        as_pods: Callable[[Rule], tuple[PodSet, PodSet]],
        target: Target,
        as_node: PodSet,
    ) -> Seen:
        """In each way of seeing pods; `as_node` are those that may be seen as their node."""
        if not applied.tiers:
            everyone, hosts = May(self._all, 0), May(self._host, 0)
            return Seen(everyone, hosts, hosts)
        pods = May(*fold(applied.tiers, as_pods, self._all))
        if not as_node:
            return Seen(pods, May(0, 0), May(0, 0))
        exempt = self._world.own_node_exempt(direction)
        near = May(self._host, 0) if exempt else self._seen_as_node(applied, target, self._near)
        return Seen(pods, near, self._seen_as_node(applied, target, self._far))

    def _seen_as_node(self, applied: Applied, target: Target, space: PodSpace) -> May:
        return May(
            *fold(applied.tiers, lambda rule: self._matched(rule, target, space), self._host)
        )

    @staticmethod
    def _matched(rule: Rule, target: Target, space: PodSpace) -> tuple[PodSet, PodSet]:
        """The pods that a rule matches on a port that is the same for all of them."""
        level = rule.ports_level(target)
        if level == NO:
            return 0, 0
        peers = space.peers(rule)
        return peers.perhaps, peers.surely if level == YES else 0

    def _calls(self, key: PortKey, targets: PodSet) -> list[tuple[Target, PodSet]]:
        """The destinations of a port, by what they call it."""
        calls = self._called.get(key)
        if calls is None:
            groups: defaultdict[frozenset[str], PodSet] = defaultdict(int)
            for index in members(targets):
                groups[self._world.port_names(index).get(key, frozenset())] |= 1 << index
            calls = self._called[key] = [
                (Target(key[1], key[0], names), pods) for names, pods in groups.items()
            ]
        return calls

    def _ingress_groups(self, key: PortKey, targets: PodSet) -> list[tuple[PodSet, Seen]]:
        """The destinations that the same policies select and that call the port the same, with who
        gets in."""
        groups: defaultdict[tuple[int, frozenset[str]], PodSet] = defaultdict(int)
        for index in members(targets):
            applied = self._world.applied(index, "ingress")
            groups[id(applied), self._world.port_names(index).get(key, frozenset())] |= 1 << index
        seen_by_group = []
        for (_, names), group in groups.items():
            applied = self._world.applied(next(members(group)), "ingress")
            seen_by_group.append((group, self._from(applied, Target(key[1], key[0], names))))
        return seen_by_group

    @cached_property
    def _kinds(self) -> tuple[int, ...]:
        """A number for each pod; pods with the same one are the same to every peer of every
        policy."""
        known: dict[object, int] = {}
        sets = list(self._told_apart())
        kinds = []
        for index, pod in enumerate(self._pods):
            held = tuple(pods >> index & 1 for pods in sets)
            own = (pod.namespace, frozenset(pod.labels.items()), pod.service_account)
            same = (own, pod.host_network, held)
            kinds.append(known.setdefault(same, len(known)))
        return tuple(kinds)

    def _told_apart(self) -> Iterable[PodSet]:
        """Sets of pods that rules about ingress tell apart by something else than namespace and
        labels."""
        spaces = (self._as_pod, self._near, self._far)
        by_block = {
            tuple(peer.block.source for peer in rule.peers if peer.block): rule
            for matcher in self._world.matchers
            if isinstance(matcher, PolicyMatcher)
            for rule in matcher.ingress or ()
            if any(peer.block for peer in rule.peers)
        }
        blocks = {
            peer.chosen(self._as_pod)
            for rule in by_block.values()
            for peer in rule.peers
            if peer.block
        }
        yield from {pods for chosen in blocks for pods in chosen}
        others = [
            matcher for matcher in self._world.matchers if not isinstance(matcher, PolicyMatcher)
        ]
        rules = [rule for matcher in others for rule in matcher.ingress or ()]
        yield from {pods for rule in rules for space in spaces for pods in space.peers(rule)}


def _node(endpoint: PolicyEndpoint, *, local: bool) -> PolicyEndpoint:
    """A pod as the node whose network it uses."""
    return replace(endpoint, kind=PolicyEndpointKind.NODE, pod=None, index=-1, local=local)


def _where(flags: Iterable[bool]) -> PodSet:
    return reduce(or_, (1 << index for index, flag in enumerate(flags) if flag), 0)


def _arriving(groups: Iterable[tuple[PodSet, Seen]], source: int, *, as_node: bool) -> Seen:
    """Turn the columns of ingress into the row of one source. Only one on the host network is ever
    seen `as_node`."""
    bit = 1 << source
    nothing = May(0, 0)
    pods = _row_of([(group, seen.as_pod) for group, seen in groups], bit)
    if not as_node:
        return Seen(pods, nothing, nothing)
    near = _row_of([(group, seen.near) for group, seen in groups], bit)
    return Seen(pods, near, _row_of([(group, seen.far) for group, seen in groups], bit))


def _row_of(columns: Iterable[tuple[PodSet, May]], bit: PodSet) -> May:
    allowed = denied = 0
    for group, may in columns:
        if may.allowed & bit:
            allowed |= group
        if may.denied & bit:
            denied |= group
    return May(allowed, denied)
