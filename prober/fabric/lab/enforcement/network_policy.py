"""NetworkPolicy v1 in one node's namespace, as an implementation with packet filters does it. Pure:
to nft text.

Egress of a pod is decided at its own node, ingress at its own node too, both after Service
translation (the forward hook comes after it) and before the source is rewritten. Connections that
were let through stay so. What a node itself sends to its pods never passes the forward hook, so it
is not filtered; neither are pods on their node's network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from prober.fabric.lab.enforcement.admin_policies import admin_tiers
from prober.fabric.lab.enforcement.calico_policies import calico_tiers
from prober.fabric.lab.enforcement.cilium_policies import cilium_tier
from prober.fabric.lab.enforcement.peers import AddressSets, RuleCompiler
from prober.fabric.lab.enforcement.selectors import selects
from prober.fabric.lab.enforcement.tier_chains import ChainRule, ChainTier, Matching, tier_chains
from prober.fabric.lab.world.addresses import family_of
from prober.fabric.lab.world.ruleset import IP, chain, comment, table, verdict_map
from prober.fabric.lab.world.world import World
from prober.model.lab import Enforcement
from prober.model.languages import Language
from prober.model.objects import NetworkPolicy, Node, Pod
from prober.model.prediction import Direction
from prober.model.snapshot import Snapshot

_DENIALS = {Enforcement.REJECT: "reject with icmpx type port-unreachable", Enforcement.DROP: "drop"}
_TYPES: dict[Direction, str] = {"ingress": "Ingress", "egress": "Egress"}


@dataclass(frozen=True, slots=True)
class LocalPod:
    """A pod as its node sees it."""

    pod: Pod
    interface: str
    """The node's end of the pod's link."""


def policy_rules(world: World, node: Node, local: Iterable[LocalPod]) -> str:
    """The table `policies` of a node; empty where nobody enforces any."""
    denial = _DENIALS.get(world.enforcement)
    if denial is None or node.name in world.fault_effects.unpoliced:
        return ""
    sets = AddressSets()
    pods = list(local)
    chains: list[Iterable[str]] = []
    # Only isolated pods are in the verdict maps. Everybody else's packets pass one lookup and are
    # not looked at any further, however many policies there are.
    isolated: dict[Direction, list[str]] = {"egress": [], "ingress": []}
    for direction, entries in isolated.items():
        for local_pod in pods:
            policies = policies_for(
                world.snapshot, local_pod.pod, direction, unnamed=_applies_unnamed(world)
            )
            name = f"{direction}/{local_pod.pod.namespace}/{local_pod.pod.name}"
            if world.snapshot.other_policies:
                matching = Matching(world.snapshot, sets, direction, local_pod.pod)
                tiers = list(_tiers(world, matching, policies))
                if tiers:
                    entries.append(f'"{local_pod.interface}" : jump {name}')
                    chains += tier_chains(name, tiers, denial)
            elif policies:
                entries.append(f'"{local_pod.interface}" : jump {name}')
                chains.append(
                    list(
                        chain(
                            name,
                            _allowances(world, local_pod.pod, direction, policies, sets, denial),
                        )
                    )
                )
    if not chains:
        return ""
    maps = (verdict_map(direction, "ifname", entries) for direction, entries in isolated.items())
    forward = chain("forward", _forward(pods), "type filter hook forward priority 0")
    return table("policies", *sets.definitions(), *chains, *maps, forward, *_input(world))


def _input(world: World) -> Iterator[Iterable[str]]:
    """What a pod sends to its own node passes, but not to the node's DNS cache: the cache's address
    is on the node and means a server, and implementations that filter what pods send to their host
    (Calico) filter that too."""
    cache = world.spec.node_local_dns
    if cache:
        rule = f"{IP[family_of(cache)]} daddr {cache} iifname vmap @egress"
        yield chain(
            "input",
            ["ct state established,related accept", rule],
            "type filter hook input priority 0",
        )


def policies_for(
    snapshot: Snapshot, pod: Pod, direction: Direction, *, unnamed: bool = False
) -> tuple[NetworkPolicy, ...]:
    """The policies that isolate this pod in this direction. `unnamed`: those too that have rules
    for it and leave it out of `policyTypes`."""
    return tuple(
        policy
        for policy in snapshot.policies
        if policy.namespace == pod.namespace
        and (_TYPES[direction] in policy.types or (unnamed and getattr(policy, direction)))
        and selects(policy.pod_selector, pod.labels)
    )


def _applies_unnamed(world: World) -> bool:
    """Cilium turns a NetworkPolicy's rules into its own whatever `policyTypes` says, and asks for
    the types only where there are no rules (pkg/k8s/network_policy.go)."""
    others = world.snapshot.other_policies
    cilium = any(policy.kind.language is Language.CILIUM for policy in others)
    return cilium or world.fault_effects.unnamed_directions


def _forward(pods: Iterable[LocalPod]) -> Iterator[str]:
    # First, for two reasons: answers must come back although nothing allows them by name (policies
    # are about connections, not packets), and `related` lets ICMP errors through that belong to an
    # allowed connection.
    yield "ct state established,related accept"
    # A pod reaches itself, also through a Service: nothing in the API can forbid that.
    selves = ", ".join(f'"{local_pod.interface}" . "{local_pod.interface}"' for local_pod in pods)
    yield f"iifname . oifname {{ {selves} }} accept"
    # An example of the way through, for a connection from an isolated pod to an isolated pod of the
    # same node:
    #
    #   forward:  iifname vmap @egress   →  jump egress/shop/web  →  a rule matches: return
    #             oifname vmap @ingress  →  jump ingress/shop/db  →  none matches: the denial
    #
    # `return` and not `accept`: accept would end the whole chain, and ingress would never be asked.
    yield "iifname vmap @egress"
    yield "oifname vmap @ingress"


def _allowances(
    world: World,
    pod: Pod,
    direction: Direction,
    policies: Iterable[NetworkPolicy],
    sets: AddressSets,
    denial: str,
) -> Iterator[str]:
    """Whatever one of the policies allows returns to the forward chain, where the other direction
    is still to come."""
    known = _heard_of(world, pod.node)
    for policy in policies:
        compiler = RuleCompiler(
            known,
            sets,
            direction,
            pod,
            policy.namespace,
            lax_names=world.fault_effects.lax_port_names,
            first_port_only=world.fault_effects.first_port_only,
            blocks_outside=world.fault_effects.blocks_outside,
        )
        for rule in policy.ingress if direction == "ingress" else policy.egress:
            for condition in compiler.conditions(rule):
                yield f"{condition} return {comment(policy.name)}".lstrip()
    yield denial


def _tiers(
    world: World, matching: Matching, policies: Sequence[NetworkPolicy]
) -> Iterator[ChainTier]:
    """The tiers of the language that a world has beside NetworkPolicy, with those in their
    place."""
    kinds = {other_policy.kind.language for other_policy in world.snapshot.other_policies}
    cilium = Language.CILIUM in kinds
    allowed = {
        str(policy.ref): _conditions(world, matching, policy, cilium=cilium) for policy in policies
    }
    every = [condition for conditions in allowed.values() for condition in conditions]
    if cilium:
        yield from cilium_tier(matching, every if policies else None)
    elif Language.CALICO in kinds:
        yield from calico_tiers(matching, allowed)
    else:
        before, after = admin_tiers(matching)
        yield from before
        if policies:
            yield ChainTier([ChainRule("allow", every)], closed=True)
        yield from after


def _conditions(
    world: World, matching: Matching, policy: NetworkPolicy, *, cilium: bool
) -> list[str]:
    compiler = RuleCompiler(
        world.snapshot,
        matching.sets,
        matching.direction,
        matching.pod,
        policy.namespace,
        blocks_outside=cilium,
    )
    rules = policy.ingress if matching.direction == "ingress" else policy.egress
    return [condition for rule in rules for condition in compiler.conditions(rule)]


def _heard_of(world: World, node: str) -> Snapshot:
    """What the policy agent of a node knows: without the pods elsewhere that came after it hung."""
    unknown = world.fault_effects.unknown
    pods = {
        key: pod
        for key, pod in world.snapshot.pods.items()
        if key not in unknown or pod.node == node
    }
    return replace(world.snapshot, pods=pods) if unknown else world.snapshot
