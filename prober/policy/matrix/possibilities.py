"""What may become of flows, as sets of pods: the values that the matrix engine computes with."""

from __future__ import annotations

from typing import NamedTuple

from prober.model.prediction import Ruling
from prober.policy.deciding.rules.pod_sets import PodSet


class Row(NamedTuple):
    """One source and one port: the destinations for which each direction is allowed or denied (else
    undefined)."""

    egress_allowed: PodSet
    egress_denied: PodSet
    ingress_allowed: PodSet
    ingress_denied: PodSet

    @property
    def allowed(self) -> PodSet:
        """Where both directions are allowed."""
        return self.egress_allowed & self.ingress_allowed

    @property
    def denied(self) -> PodSet:
        """Where one direction is denied."""
        return self.egress_denied | self.ingress_denied

    def rulings(self, targets: PodSet) -> set[Ruling]:
        """The rulings of the cells from the source to some targets."""
        each = (
            (Ruling.ALLOWED, self.allowed & targets),
            (Ruling.DENIED, self.denied & targets),
            (Ruling.UNDEFINED, targets & ~self.allowed & ~self.denied),
        )
        return {ruling for ruling, cells in each if cells}

    def reaching(self, itself: PodSet) -> Row:
        """The row of a pod that reaches itself, where no policy decides about that."""
        return Row(
            self.egress_allowed | itself,
            self.egress_denied & ~itself,
            self.ingress_allowed | itself,
            self.ingress_denied & ~itself,
        )


class May(NamedTuple):
    """Which pods may be allowed, and which may be denied. Those that may be both are undefined."""

    allowed: PodSet
    denied: PodSet

    def joined(self, other: May, where: PodSet) -> May:
        """With the possibilities of another interpretation for the pods `where` it is permitted."""
        return May(self.allowed | (other.allowed & where), self.denied | (other.denied & where))

    def only(self, where: PodSet) -> May:
        """Of these pods, and of no others."""
        return May(self.allowed & where, self.denied & where)

    def differing(self, other: May) -> PodSet:
        """The pods of which the two do not say the same."""
        return (self.allowed ^ other.allowed) | (self.denied ^ other.denied)


NOTHING = May(0, 0)
"""No pod at all."""


class Seen(NamedTuple):
    """The same for each way in which a pod may be seen."""

    as_pod: May
    near: May
    far: May

    def differing(self, other: Seen) -> PodSet:
        """The pods of which the two do not say the same, however they are seen."""
        return (
            self.as_pod.differing(other.as_pod)
            | self.near.differing(other.near)
            | self.far.differing(other.far)
        )
