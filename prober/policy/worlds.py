"""The worlds that a snapshot may be: one for each engine that may enforce its policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from prober.model.languages.kinds import Language
from prober.model.snapshot import Snapshot
from prober.policy.deciding.engines import Engine, engines_of
from prober.policy.deciding.plans import NETWORK_POLICY, TierPlan, network_policies, placed
from prober.policy.deciding.rules.tiers import Action
from prober.policy.deciding.world import World
from prober.policy.languages import admin, calico, cilium

Planner = Callable[[World], tuple[TierPlan, ...]]


def worlds_of(snapshot: Snapshot, hosts: Mapping[str, Sequence[str]]) -> tuple[World, ...]:
    """Usually one. Where policies of several engines are in one snapshot, each may be the one that
    enforces, and a prediction is what all of them say."""
    return tuple(world_of(snapshot, hosts, engine) for engine in engines_of(snapshot))


_BESIDE_POLICIES = (
    "pods",
    "namespaces",
    "nodes",
    "services",
    "slices",
    "other_policies",
    "service_accounts",
)
"""What of a snapshot decides about predictions beside its NetworkPolicies."""


def worlds_after(worlds: Sequence[World], snapshot: Snapshot) -> tuple[World, ...]:
    """The worlds of a snapshot that differs from theirs in NetworkPolicies alone, made of them;
    none where it differs in anything else."""
    before = worlds[0].snapshot
    if any(getattr(before, name) != getattr(snapshot, name) for name in _BESIDE_POLICIES):
        return ()
    return tuple(world.after(snapshot) for world in worlds)


def world_of(snapshot: Snapshot, hosts: Mapping[str, Sequence[str]], engine: Engine) -> World:
    """A snapshot as one engine enforces it."""
    planner = next(
        (plan for language, plan in _PLANNERS.items() if language in engine.languages),
        _around_network_policies,
    )
    return World(snapshot, hosts, engine, planner)


def _around_network_policies(world: World) -> tuple[TierPlan, ...]:
    """The Admin tier, NetworkPolicies, the Baseline tier."""
    before, after = admin.tiers_of(world)
    plans = [
        TierPlan("the Admin tier", placed(world, before), Action.PASS),
        network_policies(world, alone=not before and not after),
        TierPlan("the Baseline tier", placed(world, after), Action.PASS),
    ]
    return tuple(plan for plan in plans if plan.policies or plan.name == NETWORK_POLICY)


_PLANNERS: Mapping[Language, Planner] = {
    Language.CILIUM: cilium.plans_of,
    Language.CALICO: calico.plans_of,
}
"""Of the languages that have an order of their own, NetworkPolicies included."""
