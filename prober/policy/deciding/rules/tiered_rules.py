"""The rules of all other languages: one shape for AdminNetworkPolicy, ClusterNetworkPolicy, Cilium
and Calico.

Each language's own module (`prober.policy.languages`) turns what it can say about peers into a
`Term` (leaves, all of, any of, not) and about ports into a `Port`; from there on no code knows
which language a rule came from. Two things only some languages have. A Calico rule may narrow
itself to some of the pods that its policy selects (an ingress rule's `destination`, an egress
rule's `source`): that is `subject`, a condition about the policy's own pod. It is answered once for
each pod before which the rule stands (`narrowed`, see `plans.Placed.before`), not once for each
flow. And a Cilium rule may let a connection through and only some requests over it: that is
`requests`, which matters to a check that sends one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prober.policy.deciding.rules.addresses import Block
from prober.policy.deciding.rules.interpretations import Interpretation
from prober.policy.deciding.rules.levels import NO, YES, Level, Levels
from prober.policy.deciding.rules.policy_endpoints import Target
from prober.policy.deciding.rules.ports import Port
from prober.policy.deciding.rules.requests import Requests
from prober.policy.deciding.rules.terms import Chosen, Space, Term
from prober.policy.deciding.rules.tiers import Action


@dataclass(frozen=True, slots=True)
class TieredRule:
    """One rule of any other language."""

    index: int
    """Its place in the policy's list; of a list that the language keeps for denials alone, that
    list's place."""
    action: Action
    peer: Term
    ports: Port
    says: str
    """The rule as a predicate, as in `denies 443/TCP to 203.0.113.0/24`."""
    rule: Any = None
    """As it was written."""
    section: str = ""
    """The list it stands in, as in `ingressDeny`; empty: `ingress` or `egress`."""
    subject: Term | None = None
    """A condition about the policy's own pod, where the language has such."""
    narrowed: Level = YES
    """Whether that condition holds for the pod before which the rule stands."""
    requests: Requests | None = None
    """What of a connection that it allows is let through on layer 7; None: all of it."""
    key: str = ""
    """What every copy of a rule keeps, where a set of policies rearranges its rules."""
    note: str = ""
    """What a reader should know about it, such as a peer that this version does not know."""

    def match(self, interpretation: Interpretation) -> Level:
        # Port, then peer: the same order as for NetworkPolicies, for the same reason.
        ports = self.ports.level(interpretation.target) if self.narrowed else NO
        return min(ports, self.peer.level(interpretation.peer), self.narrowed) if ports else NO

    def levels(self, interpretation: Interpretation) -> Levels:
        peers, ports = self.peer.level(interpretation.peer), self.ports.level(interpretation.target)
        return min(peers, ports, self.narrowed), peers, ports

    def chosen(self, space: Space) -> Chosen:
        if self.narrowed == NO:
            return Chosen(0, 0)
        perhaps, surely = self.peer.chosen(space)
        # A condition about the policy's own pod that only perhaps holds leaves nothing that is
        # sure.
        return Chosen(perhaps, surely if self.narrowed == YES else 0)

    def ports_level(self, target: Target) -> Level:
        return self.ports.level(target)

    def blocks(self) -> Iterator[Block]:
        return self.peer.blocks()
