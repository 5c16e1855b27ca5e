"""One direction of a flow, in every way in which the API lets policies see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prober.model.prediction import Direction
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpoint, ServiceFrontend, Target

if TYPE_CHECKING:
    from prober.policy.deciding.rules.policies import Applied


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One permitted way of seeing one direction of a flow."""

    peer: PolicyEndpoint
    """The other end as this reading has it: its kind decides what can match."""
    target: Target
    exempt: str = ""
    """Why no policy has a say, as a whole sentence; empty: policies decide."""
    own_node: str = ""
    """Why NetworkPolicies have no say though policies of other kinds have: a pod and its own node.
    A whole sentence."""
    reading: str = ""
    """The condition of this reading, as in `where hostNetwork pods count as pods`; empty when there
    is only one."""
    frontend: ServiceFrontend | None = None
    """Set where ipBlocks are compared with what the client asked for instead of with the
    backend."""
    barred: str = ""
    """Why something before the policies stops it, as a whole sentence; empty: nothing does."""


@dataclass(frozen=True, slots=True)
class FlowDirection:
    """One direction of a flow."""

    direction: Direction
    subject: PolicyEndpoint
    """The end whose policies apply: the source for egress, the destination for ingress."""
    peer: PolicyEndpoint
    """The other end as it is, before any reading of it."""
    applied: Applied
    interpretations: tuple[Interpretation, ...]
    asked: ServiceFrontend | None = None
    """What the client asked the Service for, before translation, for the reasons."""
