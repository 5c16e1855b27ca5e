"""The readings of a flow, as data: every way in which the API lets policies see each direction,
with what follows.

A prediction is `undefined` where permitted readings differ. An observation then says which of them
holds in a cluster, and the cause of what was seen is looked for under that one.

Sources of what is left open: the concept page of network policies ("NetworkPolicy behaviour for
hostNetwork pods is undefined"; an ipBlock "is recommended for" addresses outside the cluster; "in
the case of ingress … and egress, whether this happens before or after NetworkPolicy processing is
not defined")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from prober.model.objects import Ref
from prober.model.prediction import Direction, DirectionTrail, Ruling
from prober.policy.deciding.matching import interpretation_level
from prober.policy.deciding.rules.addresses import format_address
from prober.policy.deciding.rules.interpretations import FlowDirection, Interpretation
from prober.policy.deciding.rules.levels import MAYBE, NO, YES
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpointKind


class Open(StrEnum):
    """What the API leaves open."""

    NOTHING = "nothing"
    HOST_NETWORK = "host-network"
    """Whether pods on their node's network count as pods or as their node."""
    BLOCK = "block"
    """Whether an ipBlock is compared with the addresses of pods and nodes."""
    SOURCE_ADDRESS = "source-address"
    """Whether the source is given a node's address before policies see it."""
    TRANSLATION = "translation"
    """Whether policies see what the client asked for, or the backend behind the Service."""
    ADDRESS = "address"
    """Which of its addresses a host outside uses; or it is not known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One permitted reading of one direction."""

    opens: Open
    """What it supposes an answer to."""
    says: str
    """Its condition, as in `where hostNetwork pods count as their node`; empty where there is only
    one."""
    trail: DirectionTrail
    """What follows: allowed or denied, with every rule."""
    as_node: bool
    """The other end is a node's address here."""
    peer: str
    """Who the other end is here: `node n1`, `shop/web-0`."""
    addresses: tuple[str, ...]
    """Its addresses; empty: not known."""
    frontend: bool
    """ipBlocks are compared with what the client asked for, before a Service translates it."""
    holds: bool | None
    """Whether an ipBlock is compared with pods and nodes here; None: it makes no difference."""

    @property
    def ruling(self) -> Ruling:
        return self.trail.ruling

    @property
    def direction(self) -> Direction:
        return self.trail.direction


@dataclass(frozen=True, slots=True)
class BackendReadings:
    """The readings of both directions, for one backend."""

    destination: str
    port: int | None
    pod: Ref | None
    egress: tuple[Reading, ...]
    ingress: tuple[Reading, ...]

    def of(self, direction: Direction) -> tuple[Reading, ...]:
        """Those of one direction."""
        return self.egress if direction == "egress" else self.ingress


_HOLDS = {
    YES: "where an ipBlock is compared with {what} too",
    NO: "where an ipBlock is not compared with {what}",
}


def definite(flow_direction: FlowDirection) -> Iterator[FlowDirection]:
    """The direction in each of its readings alone; a reading that is still open is supposed to
    be one and the other."""
    for interpretation in flow_direction.interpretations:
        if (
            interpretation_level(flow_direction, interpretation) == MAYBE
            and interpretation.peer.kind is not PolicyEndpointKind.HOST
        ):
            # What is left after all interpretations is one question only: whether an ipBlock is
            # compared with the address of a pod or node. `held` supposes an answer to it, for all
            # blocks of the direction alike, since an implementation does it one way or the other.
            for level, words in _HOLDS.items():
                what = "pods" if interpretation.peer.kind is PolicyEndpointKind.POD else "nodes"
                reading = " and ".join(
                    filter(None, (interpretation.reading, words.format(what=what)))
                )
                peer = replace(interpretation.peer, held=level)
                yield replace(
                    flow_direction,
                    interpretations=(replace(interpretation, peer=peer, reading=reading),),
                )
        else:
            yield replace(flow_direction, interpretations=(interpretation,))


def reading_of(flow_direction: FlowDirection, trail: DirectionTrail) -> Reading:
    """A direction with one interpretation, with its trail, as data."""
    interpretation = flow_direction.interpretations[0]
    return Reading(
        opens=_left_open(flow_direction, interpretation),
        says=interpretation.reading,
        trail=trail,
        as_node=interpretation.peer.kind is PolicyEndpointKind.NODE,
        peer=interpretation.peer.name,
        addresses=tuple(format_address(address) for address in interpretation.peer.addresses),
        frontend=interpretation.frontend is not None,
        holds=None if interpretation.peer.held == MAYBE else interpretation.peer.held == YES,
    )


def _left_open(flow_direction: FlowDirection, interpretation: Interpretation) -> Open:
    # The order is from what decides most to what decides least: where hostNetwork is open, the
    # other questions are posed by it.
    if flow_direction.peer.host_network or flow_direction.subject.host_network:
        return Open.HOST_NETWORK
    if interpretation.frontend is not None:
        return Open.TRANSLATION
    if (
        interpretation.peer.kind is PolicyEndpointKind.NODE
        and flow_direction.peer.kind is not PolicyEndpointKind.NODE
    ):
        return Open.SOURCE_ADDRESS if flow_direction.direction == "ingress" else Open.TRANSLATION
    if interpretation.peer.held != MAYBE:
        return Open.BLOCK
    if interpretation.peer.kind is not PolicyEndpointKind.HOST or not interpretation.reading:
        return Open.NOTHING
    return (
        Open.ADDRESS
        if interpretation.peer.sampled or len(flow_direction.peer.addresses) > 1
        else Open.SOURCE_ADDRESS
    )
