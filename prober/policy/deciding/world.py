"""The index over a snapshot: everything that a prediction looks up, built when it is first
needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property

from prober.model.objects import EndpointSlice, Pod, Service, ServicePort
from prober.model.prediction import DIRECTIONS, Direction
from prober.model.snapshot import Snapshot
from prober.policy.deciding.engines import API, Engine
from prober.policy.deciding.plans import TierPlan, only_network_policies
from prober.policy.deciding.rules.addresses import Address, parse_address, parse_addresses
from prober.policy.deciding.rules.compiling import compile_policy
from prober.policy.deciding.rules.pod_sets import PodSet, PodSets, union
from prober.policy.deciding.rules.policies import AnyMatcher, Applied, PolicyMatcher
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpoint, PolicyEndpointKind

PortKey = tuple[int, str]
"""A port number and its protocol."""


class World:
    """One snapshot, and the addresses of hosts outside that are known by name."""

    def __init__(
        self,
        snapshot: Snapshot,
        hosts: Mapping[str, Sequence[str]],
        engine: Engine = API,
        planner: Callable[[World], tuple[TierPlan, ...]] = only_network_policies,
    ) -> None:
        self.snapshot = snapshot
        self.engine = engine
        self._planner = planner
        self.sets = PodSets(snapshot)
        self._hosts = {
            name.lower(): parse_addresses(addresses) for name, addresses in hosts.items()
        }
        self._applied: dict[tuple[Direction, int], Applied] = {}
        self._shared: dict[object, Applied] = {}
        self._endpoints: dict[int, PolicyEndpoint] = {}
        self._names: dict[int, dict[PortKey, frozenset[str]]] = {}
        self._earlier: World | None = None
        self._changed: Mapping[Direction, PodSet] = {}

    def after(self, snapshot: Snapshot) -> World:
        """The world of a snapshot that differs from this one's in NetworkPolicies alone. All that
        is not about policies is shared, and so is what is known of the policies that are the same
        and of the pods that no changed policy selects. Always made of the first of such worlds, so
        that no chain of them is kept."""
        first = self._earlier or self
        other = copy(first)
        for name in ("policies", "plans", "matchers"):
            other.__dict__.pop(name, None)
        other.snapshot, other._earlier = snapshot, first
        other._applied, other._shared = {}, {}
        before, now = (
            {id(matcher): matcher for matcher in world.policies} for world in (first, other)
        )
        changed = [before.get(key) or now[key] for key in before.keys() ^ now.keys()]
        other._changed = {
            direction: union(
                matcher.subjects for matcher in changed if matcher.rules(direction) is not None
            )
            for direction in DIRECTIONS
        }
        return other

    def changed(self, direction: Direction) -> PodSet:
        """The pods that have other policies in a direction than in the world that this one was made
        after."""
        return self._changed.get(direction, 0)

    def applied(self, index: int, direction: Direction) -> Applied:
        """The policies that select a pod in a direction, tier by tier. Pods with the same policies
        share one object."""
        if self._earlier and not self.changed(direction) >> index & 1:
            return self._earlier.applied(index, direction)
        applied = self._applied.get((direction, index))
        if applied is None:
            applied = self._applied[direction, index] = self._apply(index, direction)
        return applied

    def _apply(self, index: int, direction: Direction) -> Applied:
        namespace = self.sets.pods[index].namespace
        standing = [
            (plan, mine)
            for plan in self.plans
            if (
                mine := [
                    placement
                    for placement in plan.near(namespace)
                    if placement.speaks_of(index, direction)
                ]
            )
        ]
        key = (
            direction,
            tuple(
                (plan.name, tuple(placement.key(index, direction) for placement in mine))
                for plan, mine in standing
            ),
        )
        shared = self._shared.get(key)
        if shared is None:
            before = [
                (plan, [placement.before(index, direction) for placement in mine])
                for plan, mine in standing
            ]
            tiers = tuple(plan.stand(matchers, direction) for plan, matchers in before)
            policies = tuple(matcher for _, matchers in before for matcher in matchers)
            shared = self._shared[key] = Applied(direction, tiers, policies)
        return shared

    def own_node_exempt(self, direction: Direction) -> bool:
        """Whether traffic between a pod and its own node is none of any policy's business in this
        direction."""
        if self.engine.filters_own_node:
            return direction == "ingress" and not self.engine.denies_own_node
        return len(self.plans) == 1

    def endpoint(self, index: int) -> PolicyEndpoint:
        """A pod as a policy endpoint."""
        endpoint = self._endpoints.get(index)
        if endpoint is None:
            pod = self.sets.pods[index]
            addresses = parse_addresses(pod.ips)
            if pod.host_network and not addresses:
                addresses = self.node_addresses(pod.node)
            name = f"{pod.namespace}/{pod.name}"
            endpoint = PolicyEndpoint(PolicyEndpointKind.POD, name, addresses, pod.node, pod, index)
            self._endpoints[index] = endpoint
        return endpoint

    def port_names(self, index: int) -> Mapping[PortKey, frozenset[str]]:
        """What a pod's containers call each of their ports. Several containers may use one name, or
        one number."""
        names_of = self._names.get(index)
        if names_of is None:
            names: defaultdict[PortKey, set[str]] = defaultdict(set)
            for port in self.sets.pods[index].ports:
                if port.name:
                    names[port.number, port.protocol].add(port.name)
            names_of = {key: frozenset(value) for key, value in names.items()}
            self._names[index] = names_of
        return names_of

    def node(self, name: str) -> PolicyEndpoint:
        """A node as a policy endpoint, also one that the snapshot only knows from its pods."""
        return PolicyEndpoint(
            PolicyEndpointKind.NODE, f"node {name}", self.node_addresses(name), name
        )

    def node_addresses(self, name: str) -> tuple[Address, ...]:
        """Of the Node object; without one, of the pods on its network. Empty: not known."""
        return self._node_addresses.get(name, ())

    @cached_property
    def node_names(self) -> frozenset[str]:
        """Every node, also those that only pods mention."""
        return frozenset(self.snapshot.nodes) | {pod.node for pod in self.sets.pods if pod.node}

    def host(self, name: str, address: Address | None = None) -> PolicyEndpoint:
        """A host outside as a policy endpoint, by name or address."""
        known = (address,) if address else self.host_addresses(name)
        return PolicyEndpoint(PolicyEndpointKind.HOST, name, known)

    def host_addresses(self, name: str) -> tuple[Address, ...]:
        """What a name resolves to, as far as it is known; empty: not known."""
        own = parse_address(name)
        return (own,) if own else self._hosts.get(name.lower().rstrip("."), ())

    def pod_at(self, address: Address) -> int | None:
        """The pod that has an address of its own (not its node's)."""
        return self._pod_addresses.get(address)

    def node_at(self, address: Address) -> str | None:
        return self._nodes_by_address.get(address)

    def service_at(self, address: Address) -> Service | None:
        """The Service that has this ClusterIP."""
        return self._cluster_ips.get(address)

    def services_behind(self, address: Address) -> tuple[Service, ...]:
        """The Services that share a load balancer's or external address; ports tell them apart."""
        return tuple(self._virtual_ips.get(address, ()))

    def node_port(self, port: int, protocol: str) -> tuple[Service, ServicePort] | None:
        """The Service that a NodePort belongs to."""
        return self._node_ports.get((port, protocol))

    def pods_on_host_port(self, node: str, port: int, protocol: str) -> tuple[tuple[int, int], ...]:
        """The pods that listen on a port of a node, each with the port of its own: hostPort, and
        hostNetwork pods."""
        return tuple(self._host_ports.get((node, port, protocol), ()))

    def slices(self, service: Service) -> tuple[EndpointSlice, ...]:
        return tuple(self._slices.get((service.namespace, service.name), ()))

    @cached_property
    def policies(self) -> tuple[PolicyMatcher, ...]:
        """Every NetworkPolicy, ready for matching, in the snapshot's order."""
        reads = self.engine
        earlier = self._earlier.policies if self._earlier else ()
        known = {matcher.policy.ref: matcher for matcher in earlier}
        return tuple(
            before
            if (before := known.get(policy.ref)) and before.policy == policy
            else compile_policy(
                policy,
                self.sets,
                reads.inside,
                settled=reads.settles_icmp,
                unnamed=reads.applies_unnamed,
            )
            for policy in self.snapshot.policies
        )

    @cached_property
    def plans(self) -> tuple[TierPlan, ...]:
        """The tiers of this world in their order."""
        return self._planner(self)

    @cached_property
    def matchers(self) -> tuple[AnyMatcher, ...]:
        """The policies of every language, tier by tier."""
        return tuple(placement.matcher for plan in self.plans for placement in plan.policies)

    @cached_property
    def _pod_addresses(self) -> dict[Address, int]:
        """A finished pod's address may have been given to another one since: the running pod has
        it."""
        pod_at: dict[Address, int] = {}
        for index in sorted(
            range(len(self.sets.pods)), key=lambda index: not self.sets.pods[index].running
        ):
            pod = self.sets.pods[index]
            for address in () if pod.host_network else parse_addresses(pod.ips):
                pod_at.setdefault(address, index)
        return pod_at

    @cached_property
    def _node_addresses(self) -> dict[str, tuple[Address, ...]]:
        addresses_of = {
            name: parse_addresses(node.addresses) for name, node in self.snapshot.nodes.items()
        }
        for pod in self.sets.pods:
            if pod.host_network and pod.node and pod.ips and not addresses_of.get(pod.node):
                addresses_of[pod.node] = parse_addresses(pod.ips)
        return addresses_of

    @cached_property
    def _nodes_by_address(self) -> dict[Address, str]:
        return {
            address: name
            for name, addresses in self._node_addresses.items()
            for address in addresses
        }

    @cached_property
    def _cluster_ips(self) -> dict[Address, Service]:
        return {
            address: service
            for service in self.snapshot.services.values()
            for address in parse_addresses(service.cluster_ips)
        }

    @cached_property
    def _virtual_ips(self) -> dict[Address, list[Service]]:
        services_at: defaultdict[Address, list[Service]] = defaultdict(list)
        for _, service in sorted(self.snapshot.services.items()):
            for address in parse_addresses((*service.load_balancer_ips, *service.external_ips)):
                services_at[address].append(service)
        return services_at

    @cached_property
    def _node_ports(self) -> dict[PortKey, tuple[Service, ServicePort]]:
        return {
            (port.node_port, port.protocol): (service, port)
            for service in self.snapshot.services.values()
            if service.type in ("NodePort", "LoadBalancer")
            for port in service.ports
            if port.node_port
        }

    @cached_property
    def _host_ports(self) -> dict[tuple[str, int, str], list[tuple[int, int]]]:
        listeners: defaultdict[tuple[str, int, str], list[tuple[int, int]]] = defaultdict(list)
        for index, pod in enumerate(self.sets.pods):
            for port in pod.ports if pod.node and pod.running else ():
                published = port.number if pod.host_network else port.host_port
                if published:
                    listeners[pod.node, published, port.protocol].append((index, port.number))
        return listeners

    @cached_property
    def _slices(self) -> dict[tuple[str, str], list[EndpointSlice]]:
        slices_of: defaultdict[tuple[str, str], list[EndpointSlice]] = defaultdict(list)
        for endpoint_slice in self.snapshot.slices:
            slices_of[endpoint_slice.namespace, endpoint_slice.service].append(endpoint_slice)
        return slices_of


def named_port(pod: Pod, name: str, protocol: str) -> int | None:
    """The number of the first container port with this name and protocol (as endpoints are
    computed)."""
    return next(
        (port.number for port in pod.ports if port.name == name and port.protocol == protocol), None
    )
