"""One item of a NetworkPolicy's `from` or `to`, made ready for matching.

An item is either selectors or an ipBlock, never both (the API server refuses the combination). The
two see different things. A selector means pods, by who they are: it became a set of pods when the
snapshot was indexed, and asking it is a shift and a mask, however many labels it names. An ipBlock
means addresses, and here lies what makes NetworkPolicies hard to predict: it is meant for hosts
outside, pods and nodes have addresses as well, and the API says neither that it may be compared
with them nor that it may not. So the answer has three values (`levels`), and which of the readings
holds is asked of the engine (`Inside`), of a supposition (`PolicyEndpoint.held`), or left open.

| the other end | selectors | ipBlock |
| --- | --- | --- |
| a pod | yes or no | as `Inside` says: no; by its address; or perhaps, where it holds the address |
| a node, or a pod seen as its node | no | the same |
| a host outside | no | yes or no; perhaps, where it has several addresses and they disagree |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from prober.model.objects import PolicyPeer
from prober.policy.deciding.rules.addresses import Block
from prober.policy.deciding.rules.levels import NO, YES, Level, agree
from prober.policy.deciding.rules.pod_sets import PodSet
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpoint, PolicyEndpointKind
from prober.policy.deciding.rules.terms import Chosen, Space


class Inside(Enum):
    """How an ipBlock reads the addresses of pods and nodes, for which the API says it is not
    meant."""

    OPEN = "implementations differ"
    NEVER = "it never matches them"
    ADDRESS = "it compares them like any other"


@dataclass(frozen=True, slots=True)
class PeerMatcher:
    """One item of a NetworkPolicy's `from` or `to`."""

    peer: PolicyPeer
    pods: PodSet
    """Those that the selectors select; none for an ipBlock."""
    block: Block | None
    inside: Inside = Inside.OPEN

    def level(self, endpoint: PolicyEndpoint) -> Level:
        """Does it match this endpoint.

        Selectors match pods only. An ipBlock decides exactly for hosts outside; for the addresses
        of pods and nodes it is not meant, and implementations differ, so there it may match but
        never surely does."""
        # A peer is either an ipBlock or selectors, never both: the API server refuses the
        # combination (validation of NetworkPolicyPeer).
        block = self.block
        if block is None:
            return (
                YES
                if endpoint.kind is PolicyEndpointKind.POD and self.pods >> endpoint.index & 1
                else NO
            )
        # Of several addresses that a host may be using, all must agree: which one DNS hands out is
        # not known.
        if endpoint.kind is PolicyEndpointKind.HOST:
            return agree([YES if block.contains(address) else NO for address in endpoint.addresses])
        # Cilium: pods and nodes have identities and are not looked up by address, so a CIDR never
        # means them. Others (packet filters with ipsets) compare whatever address the packet has.
        # The API recommends neither, so for it both may be.
        if self.inside is Inside.NEVER:
            return NO
        if not endpoint.addresses:
            return NO if block.empty else endpoint.held
        if self.inside is Inside.ADDRESS:
            return YES if block.contains(endpoint.addresses[0]) else NO
        return (
            endpoint.held if any(block.contains(address) for address in endpoint.addresses) else NO
        )

    def chosen(self, space: Space) -> Chosen:
        """The pods that it matches."""
        return (
            space.selected(self.pods)
            if self.block is None
            else space.held(self.block.source, self.level)
        )

    def blocks(self) -> Iterator[Block]:
        """Its ipBlock, if it is one."""
        if self.block:
            yield self.block
