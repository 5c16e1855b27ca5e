"""Probes of a pod to itself, which nobody can run in its stead. Pure.

A pod always reaches itself; a probe pod that stands for it is another pod, and policies apply
between the two. So what it would see is true of no pod at all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from prober.model.outcome import Observation, Outcome
from prober.model.probe import Plan, Probe

_WHY = (
    "a probe pod stands for this pod and is another one: whether the pod reaches itself cannot "
    "be seen from there"
)


def without_self_probes(plan: Plan, addresses: Collection[str]) -> tuple[Plan, list[Observation]]:
    """The plan without probes of the vantage's own addresses, and the observations that stand in
    their place."""
    own = [probe for probe in plan.probes if _target(probe) in addresses]
    rest = tuple(probe for probe in plan.probes if _target(probe) not in addresses)
    told = [
        Observation(probe.id, Outcome.ERROR, address=_target(probe), detail=_WHY) for probe in own
    ]
    return replace(plan, probes=rest), told


def _target(probe: Probe) -> str:
    return probe.address or probe.host
