"""AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy.

Sources: the comments on the API types (kubernetes-sigs/network-policy-api, apis/v1alpha1 and
v1alpha2). "The Admin tier takes precedence over all other policies … NetworkPolicy always makes a
final decision for selected pods. Further evaluation only happens for Pods not selected by a
NetworkPolicy." Neither kind isolates: what no rule matches falls through. Pods on the host network
are neither subjects nor peers, but their addresses are among `networks` and `nodes`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from prober.model.languages.admin import (
    AdminEgressRule,
    AdminIngressRule,
    AdminPort,
    AdminSpec,
    BaselineEgressRule,
    BaselineIngressRule,
    BaselineSpec,
    ClusterEgressRule,
    ClusterIngressRule,
    ClusterProtocol,
    ClusterSpec,
    EgressPeer,
    NamespacedPods,
    Peer,
    Subject,
)
from prober.model.languages.kinds import Language, PolicyObject
from prober.model.objects import IPBlock
from prober.model.prediction import Direction
from prober.policy.deciding.rules.addresses import compile_block
from prober.policy.deciding.rules.levels import YES
from prober.policy.deciding.rules.pod_sets import PodSet
from prober.policy.deciding.rules.policies import TieredMatcher
from prober.policy.deciding.rules.ports import EveryPort, Port, PortIs, SomePorts
from prober.policy.deciding.rules.selectors import describe, selects
from prober.policy.deciding.rules.terms import (
    Addresses,
    Everyone,
    HostNames,
    Nobody,
    Nodes,
    Pods,
    Term,
    some_of,
)
from prober.policy.deciding.rules.tiered_rules import TieredRule
from prober.policy.deciding.rules.tiers import Action
from prober.policy.languages.domains import any_domain
from prober.policy.languages.saying import say, say_port

if TYPE_CHECKING:
    from prober.policy.deciding.world import World

AdminRule = (
    AdminIngressRule
    | AdminEgressRule
    | BaselineIngressRule
    | BaselineEgressRule
    | ClusterIngressRule
    | ClusterEgressRule
)
"""Rules of the three kinds differ in their words only."""

LAST = 1001
"""The place of a BaselineAdminNetworkPolicy in its tier, after every priority."""

_ACTIONS = {
    "Allow": Action.ALLOW,
    "Accept": Action.ALLOW,
    "Deny": Action.DENY,
    "Pass": Action.PASS,
}
_FAILS_CLOSED = "has a peer or protocol that is not known here, so it fails closed"


def tiers_of(world: World) -> tuple[list[TieredMatcher], list[TieredMatcher]]:
    """The policies before NetworkPolicies and those after them, each by priority."""
    before: list[TieredMatcher] = []
    after: list[TieredMatcher] = []
    for policy in world.snapshot.other_policies:
        if policy.kind.language not in (Language.ADMIN, Language.CLUSTER):
            continue
        if policy.kind.language not in world.engine.languages:
            continue
        (after if is_baseline(policy) else before).append(_compile(policy, world))
    for tier in (before, after):
        tier.sort(key=lambda matcher: (matcher.priority, matcher.policy.ref))
    return before, after


def is_baseline(policy: PolicyObject) -> bool:
    """Whether it stands after NetworkPolicies."""
    spec = policy.spec
    return isinstance(spec, BaselineSpec) or (
        isinstance(spec, ClusterSpec) and spec.tier == "Baseline"
    )


def _compile(policy: PolicyObject, world: World) -> TieredMatcher:
    spec = policy.spec
    priority = LAST if isinstance(spec, BaselineSpec) else spec.priority
    compiler = _Compiler(world)
    return TieredMatcher(
        policy,
        compiler.subjects(spec.subject),
        _rules(compiler, spec, "ingress"),
        _rules(compiler, spec, "egress"),
        priority,
        "" if isinstance(spec, BaselineSpec) else f"priority {spec.priority}",
        unordered=True,
    )


def _rules(
    compiler: _Compiler, spec: AdminSpec | BaselineSpec | ClusterSpec, direction: Direction
) -> tuple[TieredRule, ...] | None:
    """None: a policy without rules for a direction does not affect it."""
    written: Sequence[AdminRule] = (spec.ingress if direction == "ingress" else spec.egress) or ()
    rules = tuple(compiler.rule(index, rule, direction) for index, rule in enumerate(written))
    return rules or None


class _Compiler:
    """Makes rules ready for matching."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sets = world.sets

    def subjects(self, subject: Subject) -> PodSet:
        """Whom a policy is about."""
        pods = (
            self._pods(subject.pods)
            if subject.pods is not None
            else self._sets.select_namespaces(subject.namespaces.model)
            if subject.namespaces is not None
            else 0
        )
        return pods & ~self._sets.host_network

    def rule(self, index: int, rule: AdminRule, direction: Direction) -> TieredRule:
        """One rule, at its place."""
        peers: Sequence[Peer] = (
            getattr(rule, "from_" if direction == "ingress" else "to", None) or ()
        )
        written = getattr(rule, "protocols", None) or getattr(rule, "ports", None) or ()
        action = _ACTIONS[rule.action]
        ports = [port for item in written for port in _ports(item)]
        says = say(
            action,
            [text for _, text in ports],
            [text for peer in peers for text in self._say(peer)],
            direction,
            name=rule.name or "",
        )
        if any(peer.unknown for peer in peers) or any(
            not any(True for _ in _ports(item)) for item in written
        ):
            return _closed(index, action, rule, says)
        term = some_of([term for peer in peers for term in self._peer(peer)])
        port: Port = SomePorts(tuple(spoken for spoken, _ in ports)) if written else EveryPort()
        return TieredRule(index, action, term, port, says, rule)

    def _peer(self, peer: Peer) -> Iterator[Term]:
        if peer.namespaces is not None:
            pods = self._sets.select_namespaces(peer.namespaces.model)
            yield Pods(pods & ~self._sets.host_network)
        if peer.pods is not None:
            yield Pods(self._pods(peer.pods) & ~self._sets.host_network)
        if not isinstance(peer, EgressPeer):
            return
        if peer.nodes is not None:
            yield self._nodes(peer)
        for cidr in peer.networks or ():
            yield Addresses(compile_block(IPBlock(cidr)))
        if peer.domain_names is not None:
            yield HostNames(any_domain(peer.domain_names), lambda name: YES)

    def _pods(self, pods: NamespacedPods) -> PodSet:
        within = self._sets.select_namespaces(pods.namespace_selector.model)
        return within & self._sets.select(pods.pod_selector.model)

    def _nodes(self, peer: EgressPeer) -> Nodes:
        if peer.nodes is None:
            return Nodes(frozenset())
        selector = peer.nodes.model
        nodes = self._world.snapshot.nodes
        labels = {
            name: nodes[name].labels if name in nodes else {"kubernetes.io/hostname": name}
            for name in self._world.node_names
        }
        return Nodes(frozenset(name for name in labels if selects(selector, labels[name])))

    def _say(self, peer: Peer) -> Iterator[str]:
        if peer.namespaces is not None:
            within = describe(peer.namespaces.model)
            yield f"namespaces with {within}" if within else "all namespaces"
        if peer.pods is not None:
            pods = describe(peer.pods.pod_selector.model)
            within = describe(peer.pods.namespace_selector.model)
            yield (f"pods with {pods}" if pods else "all pods") + (
                f" in namespaces with {within}" if within else " in all namespaces"
            )
        if isinstance(peer, EgressPeer):
            if peer.nodes is not None:
                which = describe(peer.nodes.model)
                yield f"nodes with {which}" if which else "all nodes"
            yield from peer.networks or ()
            yield from peer.domain_names or ()


def _closed(index: int, action: Action, rule: AdminRule, says: str) -> TieredRule:
    """A rule with something in it that this version does not know. "For Accept rules, fail closed
    means: treat the rule as matching no traffic. For Deny and Pass rules: treat the rule as a Deny
    all rule"."""
    if action is Action.ALLOW:
        return TieredRule(index, action, Nobody(), EveryPort(), says, rule, note=_FAILS_CLOSED)
    says = f"{says}; it {_FAILS_CLOSED} and denies everything"
    return TieredRule(index, Action.DENY, Everyone(), EveryPort(), says, rule)


def _ports(port: AdminPort | ClusterProtocol) -> Iterator[tuple[Port, str]]:
    """What an item of `ports` or `protocols` matches, and how to say it; nothing for one that is
    not known."""
    if isinstance(port, AdminPort):
        yield from _admin_ports(port)
        return
    for protocol in ("TCP", "UDP", "SCTP"):
        transport = getattr(port, protocol.lower())
        if transport is None:
            continue
        to = transport.destination_port
        low, high = (
            (0, 0)
            if to is None
            else (to.range.start, to.range.end)
            if to.range is not None
            else (to.number or 0, 0)
        )
        yield PortIs(frozenset({protocol}), low, high), say_port(protocol, low, high)
    if port.destination_named_port:
        name = port.destination_named_port
        yield PortIs(name=name), say_port("", name)


def _admin_ports(port: AdminPort) -> Iterator[tuple[Port, str]]:
    if port.port_number is not None:
        number, protocol = port.port_number.port, port.port_number.protocol
        yield PortIs(frozenset({protocol}), number), say_port(protocol, number)
    if port.port_range is not None:
        both = port.port_range
        says = say_port(both.protocol, both.start, both.end)
        yield PortIs(frozenset({both.protocol}), both.start, both.end), says
    if port.named_port:
        yield PortIs(name=port.named_port), say_port("", port.named_port)
