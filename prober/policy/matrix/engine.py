"""How the rows of the matrix are computed: rules against all pods at once.

Two readings of the API differ for hostNetwork pods (see `sides`): plugins that tell them apart
treat them as *pods*; those that ignore them treat them as their *node*. A cell is decided where
both readings say the same. Every other pod is the same in both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

from prober.model.objects import IPBlock, PolicyPort
from prober.policy.deciding.matchers import Applied, PeerMatcher
from prober.policy.deciding.matching import NO, peer_level, port_matches
from prober.policy.deciding.pod_sets import PodSet, members
from prober.policy.deciding.policy_endpoints import Target
from prober.policy.deciding.world import PortKey, World


class Row(NamedTuple):
    """One source and one port: the destinations for which each direction is allowed or denied (else
    undefined)."""

    egress_allowed: PodSet
    egress_denied: PodSet
    ingress_allowed: PodSet
    ingress_denied: PodSet


class Open(NamedTuple):
    """Which pods a set of rules lets through: surely, and at most."""

    surely: PodSet
    perhaps: PodSet
    """Includes those that surely are."""


class Both(NamedTuple):
    """The same in both readings of hostNetwork pods."""

    as_pod: Open
    as_node: Open


def rows_of(world: World, destinations: Mapping[PortKey, PodSet]) -> dict[PortKey, tuple[Row, ...]]:
    """The rows of every port: one for each source, in the order of the pods."""
    builder = _Builder(world)
    return {key: builder.rows(key, targets) for key, targets in destinations.items()}


class _Builder:
    def __init__(self, world: World) -> None:
        self._world = world
        self._all = world.sets.all
        self._pods = world.sets.pods
        self._held: dict[IPBlock, PodSet] = {}
        self._host = self._where(pod.host_network for pod in self._pods)
        self._dead = self._where(not pod.running or pod.unscheduled for pod in self._pods)
        self._nowhere = self._where(not pod.node for pod in self._pods)
        self._on: dict[str, PodSet] = defaultdict(int)
        for index, pod in enumerate(self._pods):
            if pod.node:
                self._on[pod.node] |= 1 << index

    def rows(self, key: PortKey, targets: PodSet) -> tuple[Row, ...]:
        """All rows of one port. Sources that policies cannot tell apart are worked out once."""
        groups = self._ingress_groups(key, targets)
        egress: dict[int, Both] = {}
        ingress: dict[int, Both] = {}
        made: list[Row] = []
        for index in range(len(self._pods)):
            if self._dead >> index & 1:
                made.append(Row(0, 0, 0, 0))
                continue
            applied = self._world.applied(index, "egress")
            if id(applied) not in egress:
                egress[id(applied)] = self._towards(applied, key)
            kind = self._kinds[index]
            if kind not in ingress:
                ingress[kind] = _arriving(groups, index)
            made.append(self._row(index, targets, egress[id(applied)], ingress[kind]))
        return tuple(made)

    def _row(self, index: int, targets: PodSet, egress: Both, ingress: Both) -> Row:
        """Put both readings together for one source."""
        itself = 1 << index
        alive = targets & ~self._dead
        isolated = bool(self._world.applied(index, "egress").policies)
        node = self._pods[index].node
        near = self._on[node] if node else 0
        unsure = self._nowhere if node else self._all
        if self._host & itself:
            # Egress: policies treat it as a pod, or ignore it. Ingress: it is a pod, or its node.
            out_yes, out_no = egress.as_pod.surely, 0
            in_yes, in_no = _decided(ingress, self._all & ~self._host, near, unsure)
        else:
            out_yes, out_no = _decided(egress, self._host, near, unsure)
            in_yes, in_no = ingress.as_pod.surely, self._all & ~ingress.as_pod.perhaps
        in_no &= (
            ~self._host
        )  # as for the egress of a hostNetwork source: policies may ignore the destination
        if not isolated:
            out_yes, out_no = self._all, 0
        return Row(
            (out_yes | itself) & alive,
            out_no & alive & ~itself,
            (in_yes | itself) & alive,
            in_no & alive & ~itself,
        )

    def _towards(self, applied: Applied, key: PortKey) -> Both:
        """Egress: the destinations that the rules let a source reach on a port."""
        if not applied.policies:
            return Both(Open(self._all, self._all), Open(self._all, self._all))
        as_pod = as_node = (0, 0)
        for rule in applied.rules:
            numbered, named = self._ports(rule.ports, key)
            if not numbered and not named:
                continue
            surely, anyone, perhaps = self._peers(rule.peers)
            ports = self._all if numbered else named
            as_pod = (as_pod[0] | (surely & ports), as_pod[1] | (perhaps & ports))
            if numbered:
                as_node = (as_node[0] | anyone, as_node[1] | perhaps)
        return _both(as_pod, as_node)

    def _from(self, applied: Applied, target: Target) -> Both:
        """Ingress: the sources that the rules let reach a destination on a port."""
        if not applied.policies:
            return Both(Open(self._all, self._all), Open(self._all, self._all))
        as_pod = as_node = (0, 0)
        for rule in applied.rules:
            if rule.ports and not any(port_matches(port, target) for port in rule.ports):
                continue
            surely, anyone, perhaps = self._peers(rule.peers)
            as_pod = (as_pod[0] | surely, as_pod[1] | perhaps)
            as_node = (as_node[0] | anyone, as_node[1] | perhaps)
        return _both(as_pod, as_node)

    def _peers(self, peers: tuple[PeerMatcher, ...]) -> tuple[PodSet, PodSet, PodSet]:
        """The pods that surely match; all of them where anyone does; those that an ipBlock may
        match."""
        if not peers:
            return self._all, self._all, 0
        surely = perhaps = 0
        for peer in peers:
            surely |= peer.pods
            perhaps |= self._held_by(peer) if peer.block else 0
        return surely, 0, perhaps

    def _held_by(self, peer: PeerMatcher) -> PodSet:
        """The pods that an ipBlock may match, by the same comparison as a single prediction's."""
        if peer.block is None:
            return 0
        block = peer.block.source
        if block not in self._held:
            parties = map(self._world.party, range(len(self._pods)))
            self._held[block] = self._where(peer_level(peer, party) > NO for party in parties)
        return self._held[block]

    def _ports(self, ports: tuple[PolicyPort, ...], key: PortKey) -> tuple[bool, PodSet]:
        """Does a rule allow a port by its number; and the pods where it does so by the name they
        give it."""
        if not ports:
            return True, 0
        number, protocol = key
        if any(port_matches(port, Target(protocol, number)) for port in ports):
            return True, 0
        named = 0
        for port in ports:
            if isinstance(port.port, str) and port.protocol == protocol:
                named |= self._named.get((port.port, key), 0)
        return False, named

    def _ingress_groups(self, key: PortKey, targets: PodSet) -> list[tuple[PodSet, Both]]:
        """The destinations that the same policies select and that call the port the same, with who
        gets in."""
        groups: defaultdict[tuple[int, frozenset[str]], PodSet] = defaultdict(int)
        for index in members(targets):
            applied = self._world.applied(index, "ingress")
            groups[id(applied), self._world.port_names(index).get(key, frozenset())] |= 1 << index
        found = []
        for (_, names), group in groups.items():
            applied = self._world.applied(next(members(group)), "ingress")
            found.append((group, self._from(applied, Target(key[1], key[0], names))))
        return found

    @cached_property
    def _named(self) -> dict[tuple[str, PortKey], PodSet]:
        found: defaultdict[tuple[str, PortKey], PodSet] = defaultdict(int)
        for index in range(len(self._pods)):
            for key, names in self._world.port_names(index).items():
                for name in names:
                    found[name, key] |= 1 << index
        return found

    @cached_property
    def _kinds(self) -> tuple[int, ...]:
        """A number for each pod; pods with the same one are the same to every peer of every
        policy."""
        known: dict[object, int] = {}
        rules = (rule for policy in self._world.policies for rule in policy.ingress or ())
        blocks = {self._held_by(peer) for rule in rules for peer in rule.peers if peer.block}
        kinds = []
        for index, pod in enumerate(self._pods):
            held = tuple(pods >> index & 1 for pods in blocks)
            same = (pod.namespace, frozenset(pod.labels.items()), held)
            kinds.append(known.setdefault(same, len(known)))
        return tuple(kinds)

    @staticmethod
    def _where(flags: Iterable[bool]) -> PodSet:
        return reduce(or_, (1 << index for index, flag in enumerate(flags) if flag), 0)


def _both(as_pod: tuple[PodSet, PodSet], as_node: tuple[PodSet, PodSet]) -> Both:
    return Both(Open(as_pod[0], as_pod[0] | as_pod[1]), Open(as_node[0], as_node[0] | as_node[1]))


def _arriving(groups: Iterable[tuple[PodSet, Both]], source: int) -> Both:
    """Turn the columns of ingress into the row of one source."""
    bits = [0, 0, 0, 0]
    for group, both in groups:
        for position, pods in enumerate((*both.as_pod, *both.as_node)):
            if pods >> source & 1:
                bits[position] |= group
    return Both(Open(bits[0], bits[1]), Open(bits[2], bits[3]))


def _decided(both: Both, affected: PodSet, near: PodSet, unsure: PodSet) -> tuple[PodSet, PodSet]:
    """What both readings allow, and what both deny, where the readings differ for the `affected`
    pods only.

    As node traffic, pods that are `near` are always allowed, and those of which it is `unsure` may
    be.
    """
    node_yes = near | both.as_node.surely
    node_no = ~both.as_node.perhaps & ~near & ~unsure
    yes = both.as_pod.surely & (node_yes | ~affected)
    no = ~both.as_pod.perhaps & (node_no | ~affected)
    return yes, no
