"""The matrix engine: how the rows are computed, rules against all pods at once.

A single prediction folds the tiers over one flow. Here the same fold (`tiers.fold`) goes over a set
with a bit for each pod, so that one rule is matched against all destinations of a source in a few
operations on integers:

- **egress**: for each source, or rather for each set of policies that selects some, one fold gives
  all destinations;
- **ingress**: the other way round, one fold for each group of destinations gives all sources. Rows
  are by source, so the columns are turned into rows in the end (`columns`), once for each kind of
  source that no rule can tell apart (`kinds`).

The fold says of each pod whether the flow *may* be allowed and whether it *may* be denied; both is
`undefined`. That makes interpretations easy: where the API permits several, the possibilities of
all of them are put together, and what is left with one possibility is decided.

Interpretations differ for pods on the host network only (see `flow_directions`). Plugins that tell
them apart treat them as *pods*; those that ignore them treat them as their *node*: as the subject's
own node where that is the same one (*near*) and as another one otherwise (*far*). So every fold is
made three times, over all pods as pods, and over the few that are on the host network as a near and
as a far node. Where a pod's node is not known it may be near or far.

Nothing is computed before it is asked for, and what changed policies cannot have touched is taken
from an `earlier` engine: a pod that no changed policy selects has the policies that it had, so its
egress row and its ingress column stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property

from prober.model.prediction import Direction
from prober.policy.deciding.rules.levels import NO, YES
from prober.policy.deciding.rules.pod_sets import PodSet, members, set_of
from prober.policy.deciding.rules.policies import Applied
from prober.policy.deciding.rules.policy_endpoints import Target
from prober.policy.deciding.rules.rule import Rule
from prober.policy.deciding.rules.tiers import fold
from prober.policy.deciding.world import PortKey, World
from prober.policy.matrix.columns import Column, Columns
from prober.policy.matrix.kinds import kinds_of
from prober.policy.matrix.possibilities import NOTHING, May, Row, Seen
from prober.policy.matrix.spaces import PodSpace, Spaces

_NOWHERE = Row(0, 0, 0, 0)
"""Of a pod that is not there: nothing is decided."""


class MatrixEngine:
    """Works out the rows of one world."""

    def __init__(
        self,
        world: World,
        destinations: Mapping[PortKey, PodSet],
        earlier: MatrixEngine | None = None,
    ) -> None:
        self.world = world
        self._destinations = destinations
        self._earlier = earlier
        self._spaces: Spaces = earlier._spaces.over() if earlier else Spaces(world)
        self._called: dict[PortKey, list[tuple[Target, PodSet]]] = (
            earlier._called if earlier else {}
        )
        self._egress: dict[tuple[PortKey, int], Seen] = {}
        self._columns: dict[PortKey, Columns] = {}
        self._rows: dict[PortKey, list[tuple[int, int]]] = {}
        self.folds = 0
        """How many folds were made: what the work consists of."""

    def row(self, key: PortKey, index: int) -> Row:
        """The row of one source on one port, but for its own cell."""
        if self._spaces.dead >> index & 1:
            return _NOWHERE
        as_node = bool(self._spaces.host >> index & 1)
        # One row asks each column for one bit. That is the way for a few sources; `row_of_many` is
        # for all.
        ingress = self.columns(key).arriving(index, as_node=as_node)
        return self._interpreted(key, index, self.egress(key, index), ingress)

    def row_of_many(self, key: PortKey, index: int) -> Row:
        """The same, where the rows of all sources are wanted: they are worked out together."""
        if (self._spaces.dead | self._spaces.host) >> index & 1:
            return self.row(key, index)
        rows = self._rows.get(key)
        if rows is None:
            rows = self._rows[key] = self.columns(key).rows(self._examples)
        may = self.columns(key).spread(rows[self._kinds[index]])
        seen = Seen(may, NOTHING, NOTHING)
        return self._interpreted(key, index, self.egress(key, index), seen)

    def likeness(self, key: PortKey) -> tuple[object, ...]:
        """Something for each source; those with the same have the same row, but for their own
        cells. A node means something only towards pods that use a node's network."""
        return self._likeness[bool(self._destinations[key] & self._spaces.host)]

    def differing(self, earlier: MatrixEngine, key: PortKey) -> PodSet:
        """The sources whose rows may differ from those of the engine that this one was made
        after."""
        egress = self.world.changed("egress")
        sources = set_of(
            index
            for index in members(egress & ~self._spaces.dead)
            if self.egress(key, index) is not earlier.egress(key, index)
        )
        ingress = self.world.changed("ingress")
        if not self._destinations[key] & ingress:
            return sources
        mine = [column for column in self.columns(key).columns if column.pods & ingress]
        for old in earlier.columns(key).columns:
            for new in mine if old.pods & ingress else ():
                if old.pods & new.pods:
                    sources |= new.seen.differing(old.seen)
        return sources

    def columns(self, key: PortKey) -> Columns:
        """Ingress of one port, by destination."""
        # Of an earlier engine those columns are taken whose destinations have the policies that
        # they had. A column may lose some of its destinations and keep the rest: what it says is
        # about sources, and is the same for each of its destinations.
        columns = self._columns.get(key)
        if columns is None:
            targets = self._destinations[key]
            kept: list[Column] = []
            if self._earlier:
                changed = self.world.changed("ingress")
                kept = [
                    Column(column.pods & ~changed, column.seen)
                    for column in self._earlier.columns(key).columns
                    if column.pods & ~changed
                ]
                targets &= changed
            columns = self._columns[key] = Columns((*kept, *self._new_columns(key, targets)))
        return columns

    def egress(self, key: PortKey, index: int) -> Seen:
        """What may become of a source's flows to each destination on a port."""
        if self._earlier and not self.world.changed("egress") >> index & 1:
            return self._earlier.egress(key, index)
        applied = self.world.applied(index, "egress")
        seen = self._egress.get((key, id(applied)))
        if seen is None:
            seen = self._egress[key, id(applied)] = self._towards(applied, key)
        return seen

    def _new_columns(self, key: PortKey, targets: PodSet) -> list[Column]:
        """The destinations that the same policies select and that call the port the same, with who
        gets in."""
        groups: defaultdict[tuple[int, frozenset[str]], list[int]] = defaultdict(list)
        for index in members(targets):
            applied = self.world.applied(index, "ingress")
            # `Applied` is shared by all pods that the same policies select (`world.applied`), so
            # its identity is the group. The names of the port belong to the key, because a rule may
            # allow a port by name that two pods of the group give to different numbers.
            groups[id(applied), self.world.port_names(index).get(key, frozenset())].append(index)
        columns = []
        for (_, names), group in groups.items():
            applied = self.world.applied(group[0], "ingress")
            columns.append(
                Column(set_of(group), self._from(applied, Target(key[1], key[0], names)))
            )
        return columns

    def _interpreted(self, key: PortKey, index: int, egress: Seen, ingress: Seen) -> Row:
        """Put all permitted interpretations together for one source."""
        host, targets = self._spaces.host, self._destinations[key]
        alive = targets & ~self._spaces.dead
        # Pods on the host network are a handful in most clusters, and none of the three ways of
        # seeing them differs for anybody else; so the long way is taken only where one of the two
        # ends may be such a pod.
        special = targets & host or host >> index & 1
        out = self._leaving(index, egress) if special else egress.as_pod
        into = self._entering(index, ingress) if special else ingress.as_pod
        return Row(
            # Both possible: neither set has it, and the cell is undefined. That is the only place
            # where "may be" becomes an answer.
            out.allowed & ~out.denied & alive,
            out.denied & ~out.allowed & alive,
            into.allowed & ~into.denied & alive,
            into.denied & ~into.allowed & alive,
        )

    def _leaving(self, index: int, egress: Seen) -> May:
        """Egress of a source. On the host network policies treat it as a pod, or ignore it."""
        reads, spaces = self.world.engine, self._spaces
        # What the three lines below say, for a source on the host network:
        #
        #   treated as a pod        what its policies say
        #   ignored                 everything is allowed: policies do not see it
        #   the API's word          either, so both possibilities are joined
        everyone = May(spaces.all, 0)
        if spaces.host >> index & 1:
            return (
                egress.as_pod.joined(everyone, spaces.all)
                if reads.host_network_as_pod
                else everyone
            )
        as_node = self._as_node(index, egress)
        if reads.host_network_as_pod:
            return egress.as_pod.joined(as_node, spaces.host)
        return egress.as_pod.only(~spaces.host).joined(as_node, spaces.host)

    def _entering(self, index: int, ingress: Seen) -> May:
        """Ingress at the destinations, from one source. Those on the host network may be ignored by
        policies."""
        reads, spaces = self.world.engine, self._spaces
        may = ingress.as_pod
        if spaces.host >> index & 1:
            as_node = self._as_node(index, ingress)
            others = spaces.all & ~spaces.host
            may = may.joined(as_node, others) if reads.host_network_as_pod else as_node.only(others)
        ignored = May(spaces.host, 0)
        if not reads.host_network_as_pod:
            may = may.only(~spaces.host)
        return may.joined(ignored, spaces.all)

    def _as_node(self, index: int, seen: Seen) -> May:
        """What may become of pairs of which one end is seen as its node: near, far, or nobody
        knows."""
        spaces = self._spaces
        node = spaces.pods[index].node
        # A pod that is seen as its node is near for those on the same node (where NetworkPolicies
        # have no say) and far for all others. If a node is not known on either side the pair may be
        # near or far, and `unsure` puts it into both.
        near = spaces.on[node] if node else 0
        unsure = spaces.nowhere if node else spaces.all
        far = spaces.all & ~near
        return seen.near.only(near | unsure).joined(seen.far, far | unsure)

    def _towards(self, applied: Applied, key: PortKey) -> Seen:
        """Egress of the pods that some policies select."""
        number, protocol = key
        calls = self._calls(key)
        plain = Target(protocol, number)

        # Towards many destinations at once: a rule with a port name matches those which call the
        # port so, so the level of the port differs by destination. `calls` groups them by the names
        # that they use, of which there are one or two.
        def as_pods(rule: Rule) -> tuple[PodSet, PodSet]:
            perhaps = surely = 0
            for target, pods in calls:
                level = rule.ports_level(target)
                if level:
                    perhaps |= pods
                    surely |= pods if level == YES else 0
            if not perhaps:
                return 0, 0
            peers = self._spaces.as_pod.peers(rule)
            return peers.perhaps & perhaps, peers.surely & surely

        hosts = self._spaces.host & self._destinations[key]
        return self._seen("egress", applied, as_pods, plain, hosts)

    def _from(self, applied: Applied, target: Target) -> Seen:
        """Ingress: what may become of each source's flows to a destination on a port."""

        def as_pods(rule: Rule) -> tuple[PodSet, PodSet]:
            return _matched(rule, target, self._spaces.as_pod)

        return self._seen("ingress", applied, as_pods, target, self._spaces.host)

    def _seen(
        self,
        direction: Direction,
        applied: Applied,
        as_pods: Callable[[Rule], tuple[PodSet, PodSet]],
        target: Target,
        as_node: PodSet,
    ) -> Seen:
        """In each way of seeing pods; `as_node` are those that may be seen as their node."""
        spaces = self._spaces
        if not applied.tiers:
            everyone, hosts = May(spaces.all, 0), May(spaces.host, 0)
            return Seen(everyone, hosts, hosts)
        self.folds += 1
        pods = May(*fold(applied.tiers, as_pods, spaces.all))
        if not as_node:
            return Seen(pods, NOTHING, NOTHING)
        exempt = self.world.own_node_exempt(direction)
        # Where the own node is exempt, near is allowed without asking.
        near = May(spaces.host, 0) if exempt else self._seen_as_node(applied, target, spaces.near)
        return Seen(pods, near, self._seen_as_node(applied, target, spaces.far))

    def _seen_as_node(self, applied: Applied, target: Target, space: PodSpace) -> May:
        return May(
            *fold(applied.tiers, lambda rule: _matched(rule, target, space), self._spaces.host)
        )

    def _calls(self, key: PortKey) -> list[tuple[Target, PodSet]]:
        """The destinations of a port, by what they call it."""
        calls = self._called.get(key)
        if calls is None:
            groups: defaultdict[frozenset[str], list[int]] = defaultdict(list)
            for index in members(self._destinations[key]):
                groups[self.world.port_names(index).get(key, frozenset())].append(index)
            calls = self._called[key] = [
                (Target(key[1], key[0], names), set_of(pods)) for names, pods in groups.items()
            ]
        return calls

    @cached_property
    def _kinds(self) -> tuple[int, ...]:
        return kinds_of(self.world, self._spaces)

    @cached_property
    def _examples(self) -> list[int]:
        """A source of each kind, in the order of the kinds' numbers."""
        # Reversed, so that the first source of each kind is the one that stays.
        first = dict(zip(reversed(self._kinds), range(len(self._kinds) - 1, -1, -1), strict=True))
        return [first[kind] for kind in range(len(first))]

    @cached_property
    def _likeness(self) -> tuple[tuple[object, ...], tuple[object, ...]]:
        """What sources have in common: without their nodes, and with them."""
        plain: list[object] = []
        placed: list[object] = []
        for index, pod in enumerate(self._spaces.pods):
            if self._spaces.dead >> index & 1:
                plain.append(None)
                placed.append(None)
                continue
            same = id(self.world.applied(index, "egress")), self._kinds[index]
            by_node = (*same, pod.node)
            plain.append(by_node if self._spaces.host >> index & 1 else same)
            placed.append(by_node)
        return tuple(plain), tuple(placed)


def _matched(rule: Rule, target: Target, space: PodSpace) -> tuple[PodSet, PodSet]:
    """The pods that a rule matches on a port that is the same for all of them."""
    level = rule.ports_level(target)
    if level == NO:
        return 0, 0
    peers = space.peers(rule)
    return peers.perhaps, peers.surely if level == YES else 0
