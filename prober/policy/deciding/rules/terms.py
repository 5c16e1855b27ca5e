"""What can be the other end of a rule, in the languages that have more than NetworkPolicy's
selectors and ipBlocks.

A *term* answers for one endpoint with a level (no, maybe, yes) and for all pods at once with sets.
Terms combine as logic with three values does: all of (minimum), any of (maximum), not. So a rule of
any language is a tree of a few kinds of leaves, and a single prediction and the matrix are made
from the same tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from prober.model.objects import IPBlock
from prober.policy.deciding.rules.addresses import Block
from prober.policy.deciding.rules.levels import MAYBE, NO, YES, Level, agree
from prober.policy.deciding.rules.pod_sets import PodSet
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpoint, PolicyEndpointKind


class Chosen(NamedTuple):
    """A set of pods with three values."""

    perhaps: PodSet
    """Includes those that surely are."""
    surely: PodSet


class Space(Protocol):
    """All pods, as terms ask about them: as pods, or as traffic of the node whose network they
    use."""

    all: PodSet

    def where(self, level: Callable[[PolicyEndpoint], Level]) -> Chosen:
        """The pods of which a level holds."""

    def held(self, block: IPBlock, level: Callable[[PolicyEndpoint], Level]) -> Chosen:
        """The same for a level that is about an ipBlock."""

    def selected(self, pods: PodSet) -> Chosen:
        """The pods of a selection, where they are seen as pods; none where they are seen as their
        node."""


class Term(Protocol):
    """What both kinds of questions are put to."""

    def level(self, endpoint: PolicyEndpoint) -> Level:
        """Is this endpoint meant."""

    def chosen(self, space: Space) -> Chosen:
        """The pods that are meant."""

    def blocks(self) -> Iterator[Block]:
        """Every block of addresses that it compares with."""


class Leaf:
    """A term that has no quicker way for all pods than to ask of each."""

    __slots__ = ()

    def level(self, endpoint: PolicyEndpoint) -> Level:
        raise NotImplementedError

    def chosen(self, space: Space) -> Chosen:
        return space.where(self.level)

    def blocks(self) -> Iterator[Block]:
        return iter(())


@dataclass(frozen=True, slots=True)
class Everyone(Leaf):
    """Whoever it is."""

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return YES

    def chosen(self, space: Space) -> Chosen:
        return Chosen(space.all, space.all)


@dataclass(frozen=True, slots=True)
class Nobody(Leaf):
    """Nothing at all."""

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return NO

    def chosen(self, space: Space) -> Chosen:
        return Chosen(0, 0)


@dataclass(frozen=True, slots=True)
class Pods(Leaf):
    """Pods that selectors select; never a node, nor a pod that is seen as its node."""

    pods: PodSet

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return (
            YES
            if endpoint.kind is PolicyEndpointKind.POD and self.pods >> endpoint.index & 1
            else NO
        )

    def chosen(self, space: Space) -> Chosen:
        return space.selected(self.pods)


@dataclass(frozen=True, slots=True)
class Addresses(Leaf):
    """Whoever has an address in a block: hosts, nodes and pods alike. Of a pod or node with several
    addresses the first counts, unless the flow means another one: that is what its name and its
    Service lead to."""

    block: Block

    def level(self, endpoint: PolicyEndpoint) -> Level:
        if not endpoint.addresses:
            return self._of_unknown()
        asked = (
            endpoint.addresses
            if endpoint.kind is PolicyEndpointKind.HOST
            else endpoint.addresses[:1]
        )
        return agree([YES if self.block.contains(address) else NO for address in asked])

    def _of_unknown(self) -> Level:
        """Manifests leave addresses out. Every IPv4 address is taken to be in 0.0.0.0/0: clusters
        without IPv4 say so in the addresses that they have."""
        if self.block.empty:
            return NO
        whole = self.block.cidr.version == 4 and self.block.source.cidr.endswith("/0")
        return YES if whole and not self.block.excepts else MAYBE

    def chosen(self, space: Space) -> Chosen:
        return space.held(self.block.source, self.level)

    def blocks(self) -> Iterator[Block]:
        yield self.block


@dataclass(frozen=True, slots=True)
class OutsideAddresses(Addresses):
    """Hosts outside the cluster in a block; never a pod or a node."""

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return Addresses.level(self, endpoint) if endpoint.kind is PolicyEndpointKind.HOST else NO


@dataclass(frozen=True, slots=True)
class Outside(Leaf):
    """Every host outside the cluster, of one IP version or of both (0)."""

    version: int = 0

    def level(self, endpoint: PolicyEndpoint) -> Level:
        if endpoint.kind is not PolicyEndpointKind.HOST:
            return NO
        if not self.version:
            return YES
        return agree([YES if version == self.version else NO for version, _ in endpoint.addresses])


@dataclass(frozen=True, slots=True)
class Version(Leaf):
    """Whoever is spoken to over one IP version."""

    version: int

    def level(self, endpoint: PolicyEndpoint) -> Level:
        if not endpoint.addresses:
            return YES if self.version == 4 else MAYBE
        asked = (
            endpoint.addresses
            if endpoint.kind is PolicyEndpointKind.HOST
            else endpoint.addresses[:1]
        )
        return agree([YES if version == self.version else NO for version, _ in asked])


@dataclass(frozen=True, slots=True)
class Nodes(Leaf):
    """Nodes by name, and whatever uses their network."""

    names: frozenset[str]

    def level(self, endpoint: PolicyEndpoint) -> Level:
        on_node = endpoint.kind is PolicyEndpointKind.NODE or endpoint.host_network
        if not on_node or not self.names:
            return NO
        return (YES if endpoint.node in self.names else NO) if endpoint.node else MAYBE


@dataclass(frozen=True, slots=True)
class OwnNode(Leaf):
    """The node that the subject runs on."""

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return YES if endpoint.kind is PolicyEndpointKind.NODE and endpoint.local else NO


@dataclass(frozen=True, slots=True)
class OtherNodes(Leaf):
    """The nodes that the subject does not run on."""

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return YES if endpoint.kind is PolicyEndpointKind.NODE and not endpoint.local else NO


@dataclass(frozen=True, slots=True)
class HostNames(Leaf):
    """Hosts outside by the name that the client asks for."""

    matches: Callable[[str], bool]
    resolved: Callable[[str], Level]
    """For a name that matches: whether the engine gets to know its addresses."""
    unnamed: Level = MAYBE
    """What of a host that only an address is known of: whether some name led there, DNS decides."""

    def level(self, endpoint: PolicyEndpoint) -> Level:
        if endpoint.kind is not PolicyEndpointKind.HOST:
            return NO
        if not endpoint.named:
            return self.unnamed
        return self.resolved(endpoint.name) if self.matches(endpoint.name) else NO


@dataclass(frozen=True, slots=True)
class All:
    # Three values, as Kleene's strong logic has them: "no" and anything is no, "yes" and "maybe" is
    # maybe. As sets: a pod is perhaps in all terms if it is perhaps in each; it is surely in all if
    # it is surely in each. Levels and sets are the same answer twice, and a property test holds
    # them together.
    """Every one of the terms."""

    terms: tuple[Term, ...]

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return min([term.level(endpoint) for term in self.terms], default=YES)

    def chosen(self, space: Space) -> Chosen:
        perhaps = surely = space.all
        for term in self.terms:
            each = term.chosen(space)
            perhaps, surely = perhaps & each.perhaps, surely & each.surely
        return Chosen(perhaps, surely)

    def blocks(self) -> Iterator[Block]:
        for term in self.terms:
            yield from term.blocks()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of the terms."""

    terms: tuple[Term, ...]

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return max([term.level(endpoint) for term in self.terms], default=NO)

    def chosen(self, space: Space) -> Chosen:
        perhaps = surely = 0
        for term in self.terms:
            each = term.chosen(space)
            perhaps, surely = perhaps | each.perhaps, surely | each.surely
        return Chosen(perhaps, surely)

    def blocks(self) -> Iterator[Block]:
        for term in self.terms:
            yield from term.blocks()


@dataclass(frozen=True, slots=True)
class Not:
    """Whoever the term does not mean."""

    term: Term

    def level(self, endpoint: PolicyEndpoint) -> Level:
        # YES is 2 and MAYBE is 1: what is open stays open when it is turned round.
        return YES - self.term.level(endpoint)

    def chosen(self, space: Space) -> Chosen:
        each = self.term.chosen(space)
        # Turned round as well: who is perhaps not meant is everybody but those who surely are.
        return Chosen(space.all & ~each.surely, space.all & ~each.perhaps)

    def blocks(self) -> Iterator[Block]:
        return self.term.blocks()


def all_of(terms: Sequence[Term]) -> Term:
    """The terms together; alone where there is one."""
    return terms[0] if len(terms) == 1 else All(tuple(terms))


def some_of(terms: Sequence[Term]) -> Term:
    """Any of the terms; nobody where there is none."""
    return Nobody() if not terms else terms[0] if len(terms) == 1 else Some(tuple(terms))
