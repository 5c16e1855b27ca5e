"""The other ends of Cilium's rules that are neither endpoints nor names: CIDRs, entities, nodes,
Services, groups of clouds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prober.model.languages.cilium import CidrRule, EgressRule, IngressRule, ServiceRef
from prober.model.languages.shapes import Selector
from prober.model.objects import IPBlock, LabelSelector, Service
from prober.policy.deciding.rules.addresses import compile_block
from prober.policy.deciding.rules.levels import MAYBE, NO, Level
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpoint, PolicyEndpointKind
from prober.policy.deciding.rules.selectors import selects
from prober.policy.deciding.rules.terms import (
    Everyone,
    Leaf,
    Nobody,
    Nodes,
    OtherNodes,
    Outside,
    OutsideAddresses,
    OwnNode,
    Pods,
    Term,
    some_of,
)
from prober.policy.deciding.world import World
from prober.policy.languages.cilium_identities import api_server, normal

CiliumRule = IngressRule | EgressRule


@dataclass(frozen=True, slots=True)
class OtherPeers:
    """Makes terms of them in one world."""

    world: World

    def of(self, namespace: str, rule: CiliumRule) -> Iterator[Term]:
        """Every one of a rule, in a policy of this namespace."""
        peers = rule.peers
        for cidr in peers.cidrs or ():
            yield OutsideAddresses(compile_block(IPBlock(cidr)))
        for entry in peers.cidr_sets or ():
            yield from self._cidr_set(entry)
        for entity in peers.entities or ():
            yield self._entity(entity)
        for selector in peers.nodes or ():
            yield _PerhapsNodes(self._nodes(selector))
        if peers.groups:
            yield _PerhapsOutside()
        for service in peers.services or ():
            yield from self._service(namespace, service)

    def _cidr_set(self, entry: CidrRule) -> Iterator[Term]:
        """`except` belongs to its own entry: in a denial, what it takes out is not denied."""
        cidrs = [entry.cidr] if entry.cidr else list(self._group_cidrs(entry))
        for cidr in cidrs:
            yield OutsideAddresses(compile_block(IPBlock(cidr, entry.except_ or ())))

    def _group_cidrs(self, entry: CidrRule) -> Iterator[str]:
        for group in self.world.snapshot.other_policies:
            if group.kind.kind != "CiliumCIDRGroup":
                continue
            chosen = group.name == entry.cidr_group_ref or (
                entry.cidr_group_selector is not None
                and selects(entry.cidr_group_selector.model, group.labels)
            )
            if chosen:
                yield from group.spec.external_cidrs or ()

    def _entity(self, entity: str) -> Term:
        """Source: pkg/policy/api/entity.go. The API server is of the cluster wherever it is."""
        pods = self.world.sets.all & ~self.world.sets.host_network
        terms: dict[str, Callable[[], Term]] = {
            "all": Everyone,
            "world": Outside,
            "world-ipv4": lambda: Outside(4),
            "world-ipv6": lambda: Outside(6),
            "cluster": lambda: some_of(
                [Pods(pods), OwnNode(), OtherNodes(), api_server(self.world)]
            ),
            "host": OwnNode,
            "remote-node": OtherNodes,
            "kube-apiserver": lambda: api_server(self.world),
        }
        return terms.get(entity, Nobody)()

    def _nodes(self, selector: Selector) -> frozenset[str]:
        nodes = self.world.snapshot.nodes
        wanted = normal(selector)
        return frozenset(name for name, node in nodes.items() if selects(wanted, node.labels))

    def _service(self, namespace: str, ref: ServiceRef) -> Iterator[Term]:
        """The Service's selector on every port; one without selector is a rule of its addresses."""
        for service in self._services(namespace, ref):
            if service.selector:
                pods = self.world.sets.select(LabelSelector(match_labels=service.selector))
                within = self.world.sets.of_namespace(service.namespace)
                yield Pods(pods & within & ~self.world.sets.host_network)
                continue
            for endpoint_slice in self.world.slices(service):
                for address in (text for end in endpoint_slice.endpoints for text in end.addresses):
                    bits = 128 if ":" in address else 32
                    yield OutsideAddresses(compile_block(IPBlock(f"{address}/{bits}")))

    def _services(self, namespace: str, ref: ServiceRef) -> Iterator[Service]:
        services = self.world.snapshot.services
        if ref.k8s_service is not None and ref.k8s_service.service_name:
            key = (ref.k8s_service.namespace or namespace, ref.k8s_service.service_name)
            if key in services:
                yield services[key]
        if ref.k8s_service_selector is not None:
            wanted = ref.k8s_service_selector
            for (within, _), service in sorted(services.items()):
                anywhere = not namespace and not wanted.namespace
                if not anywhere and within != (wanted.namespace or namespace):
                    continue
                if selects(normal(wanted.selector), service.labels):
                    yield service


@dataclass(frozen=True, slots=True)
class _PerhapsNodes(Leaf):
    """Nodes by their labels, where the feature is switched on (enable-node-selector-labels)."""

    names: frozenset[str]

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return min(MAYBE, Nodes(self.names).level(endpoint))


@dataclass(frozen=True, slots=True)
class _PerhapsOutside(Leaf):
    """Hosts outside that a cloud's API tells, such as the members of a security group."""

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return MAYBE if endpoint.kind is PolicyEndpointKind.HOST else NO
