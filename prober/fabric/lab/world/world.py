"""From manifests to a world in which everything has a place and an address. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import ip_address, ip_network
from zlib import crc32

from prober.fabric.base import Caveat
from prober.fabric.lab.world.addresses import FAMILIES, PLAN, Pool, Role, first, is_kept
from prober.fabric.lab.world.endpoints import backends
from prober.fabric.lab.world.fault_status import agents_lack_rights, with_fault_status
from prober.fabric.lab.world.faults import FaultEffects, resolve_faults
from prober.fabric.lab.world.nodes import complete_nodes
from prober.fabric.lab.world.pods import place_pods
from prober.fabric.lab.world.readdressing import within
from prober.fabric.lab.world.renumber import renumber
from prober.fabric.lab.world.virtual import complete_services
from prober.manifest import API_SERVICE, with_standard_services
from prober.model.lab import Enforcement, Fault, LabSpec, OutsideHost
from prober.model.objects import Pod, Service, SliceEndpoint
from prober.model.snapshot import Snapshot

DNS_OUTSIDE: Mapping[int, str] = {4: "203.0.113.53", 6: "2001:db8:ffff::53"}
"""The DNS server that nodes and hosts outside use, and that cluster DNS forwards to."""
ROUTER_OUTSIDE: Mapping[int, str] = {4: "203.0.113.1", 6: "2001:db8:ffff::1"}
"""The router's address as hosts outside see it."""
_ROUTER_INSIDE: Mapping[int, str] = {4: "198.51.100.254", 6: "2001:db8::fe"}
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
_FIRST_HOST = {4: 10, 6: 0x10}
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")


@dataclass(frozen=True)
class World:
    """Everything the lab consists of, with all addresses decided."""

    snapshot: Snapshot
    outside: tuple[OutsideHost, ...]
    families: tuple[int, ...]
    """(4,) or (4, 6)."""
    router: Mapping[int, str]
    """The router's address in the nodes' network, by family."""
    spec: LabSpec
    enforcement: Enforcement
    fault_effects: FaultEffects
    warnings: tuple[str, ...] = ()
    idle_blocks: tuple[Caveat, ...] = ()
    """The policies that speak of ranges in which nobody has an address; among the warnings, too."""

    @cached_property
    def pods(self) -> tuple[Pod, ...]:
        """Every pod with a network of its own, in the order of their names."""
        return tuple(
            pod
            for _, pod in sorted(self.snapshot.pods.items())
            if pod.running and not pod.host_network and pod.ips
        )

    @cached_property
    def pods_on(self) -> Mapping[str, tuple[Pod, ...]]:
        """The same by node; every node is in it."""
        by_node: dict[str, list[Pod]] = {name: [] for name in self.snapshot.nodes}
        for pod in self.pods:
            by_node[pod.node].append(pod)
        return {name: tuple(pods) for name, pods in by_node.items()}

    @cached_property
    def virtual_ips(self) -> Mapping[str, str]:
        """Load balancers' and external addresses of Services, each with the node that the router
        sends it to.

        One node a time, chosen by the address's checksum, as a layer-2 announcement does; where a
        Service keeps its traffic local, only nodes that have an endpoint of it announce it.
        """
        own = {address for node in self.snapshot.nodes.values() for address in node.addresses}
        announcers: dict[str, list[str]] = {}
        for service in self.snapshot.services.values():
            for address in (*service.load_balancer_ips, *service.external_ips):
                if address not in own:
                    names = announcers.setdefault(address, list(self.snapshot.nodes))
                    announcers[address] = [
                        name for name in names if name in self._announcers(service)
                    ] or names
        return {
            address: names[crc32(address.encode()) % len(names)]
            for address, names in sorted(announcers.items())
        }

    def _announcers(self, service: Service) -> set[str]:
        if service.external_traffic_policy == "Cluster":
            return set(self.snapshot.nodes)
        return {
            backend.node
            for port in service.ports
            for family in FAMILIES
            for backend in backends(self.snapshot, service, port, family)
            if backend.ready
        }


def settle(
    snapshot: Snapshot,
    spec: LabSpec,
    *,
    enforcement: Enforcement | None = None,
    faults: Sequence[Fault] = (),
) -> World:
    """Decide about every node, place and address that the manifests leave open, and break what is
    to be broken.

    Addresses that are not from the lab's ranges are replaced. Raises `UsageError` for a fault that
    has no target here, `FabricError` when a range of addresses or ports is used up.
    """
    numbered = renumber(with_standard_services(snapshot), spec)
    families = FAMILIES if spec.ipv6 or _has_ipv6(snapshot) else FAMILIES[:1]
    pool = Pool(_addresses(numbered.snapshot, numbered.spec))
    for family in families:
        for address in (DNS_OUTSIDE[family], ROUTER_OUTSIDE[family]):
            pool.reserve(address)
    router = {
        family: pool.take_or(_ROUTER_INSIDE[family], PLAN[Role.NODE, family].new)
        for family in families
    }
    nodes, node_warnings = complete_nodes(numbered.snapshot, spec.nodes, families, pool)
    pods, pod_warnings = place_pods(numbered.snapshot.pods, nodes, families, pool, both=spec.ipv6)
    service_families = families if spec.ipv6 else FAMILIES[:1]
    services = complete_services(numbered.snapshot.services, service_families, pool, both=spec.ipv6)
    outside = tuple(
        _complete_host(host, families, pool, both=spec.ipv6) for host in numbered.spec.outside
    )
    whole = _with_own_slices(replace(numbered.snapshot, nodes=nodes, pods=pods, services=services))
    if API_SERVICE not in snapshot.services:
        whole = _with_api_server_on_a_node(whole)
    fault_effects = resolve_faults(
        (*spec.faults, *faults), whole, outside, nameless=_nameless(whole, spec)
    )
    idle_blocks = tuple(_idle_blocks(snapshot))
    return World(
        snapshot=with_fault_status(whole, fault_effects),
        outside=outside,
        families=families,
        router=router,
        spec=spec,
        enforcement=enforcement or spec.enforcement,
        fault_effects=fault_effects,
        warnings=(
            *numbered.warnings,
            *node_warnings,
            *pod_warnings,
            *(caveat.text for caveat in idle_blocks),
        ),
        idle_blocks=idle_blocks,
    )


def _has_ipv6(snapshot: Snapshot) -> bool:
    pods = (ip for pod in snapshot.pods.values() for ip in pod.ips)
    services = (ip for service in snapshot.services.values() for ip in service.cluster_ips)
    return any(":" in ip for ips in (pods, services) for ip in ips)


def _addresses(snapshot: Snapshot, spec: LabSpec) -> Iterator[str]:
    """Everything that is taken already."""
    for node in snapshot.nodes.values():
        yield from node.addresses
    for pod in snapshot.pods.values():
        yield from pod.ips
    for service in snapshot.services.values():
        yield from (*service.cluster_ips, *service.load_balancer_ips, *service.external_ips)
    for endpoint_slice in snapshot.slices:
        for endpoint in endpoint_slice.endpoints:
            # In the nodes' network it means the node that will have this address, so it must stay
            # free for that.
            yield from (
                address for address in endpoint.addresses if not is_kept(address, Role.NODE)
            )
    for host in spec.outside:
        yield from host.addresses


def _complete_host(
    host: OutsideHost, families: tuple[int, ...], pool: Pool, *, both: bool
) -> OutsideHost:
    new = (
        pool.take(PLAN[Role.OUTSIDE, family].new, _FIRST_HOST[family])
        for family in (families if both or not host.addresses else ())
        if not first(host.addresses, family)
    )
    return replace(host, addresses=(*host.addresses, *new))


def _with_own_slices(snapshot: Snapshot) -> Snapshot:
    """Endpoints of Services with a selector follow from the pods, as the control plane computes
    them: slices that were saved with such a Service may be of another day."""
    selecting = {key for key, service in snapshot.services.items() if service.selector}
    slices = tuple(
        endpoint_slice
        for endpoint_slice in snapshot.slices
        if (endpoint_slice.namespace, endpoint_slice.service) not in selecting
    )
    return replace(snapshot, slices=slices)


def _with_api_server_on_a_node(snapshot: Snapshot) -> Snapshot:
    """The API server, of which manifests say nothing, on the control plane's node, or else on the
    first: its Service's endpoint is that node's own address, as on a cluster."""
    nodes = sorted(snapshot.nodes.values(), key=lambda node: CONTROL_PLANE not in node.labels)
    slices = tuple(
        replace(endpoint_slice, endpoints=tuple(SliceEndpoint((ip,)) for ip in nodes[0].addresses))
        if (endpoint_slice.namespace, endpoint_slice.service) == API_SERVICE
        else endpoint_slice
        for endpoint_slice in snapshot.slices
    )
    return replace(snapshot, slices=slices)


def _nameless(snapshot: Snapshot, spec: LabSpec) -> tuple[str, ...]:
    """The nodes whose pods have no identity, since the agent that should give them one may not read
    them."""
    return (
        tuple(snapshot.nodes) if spec.identity_from_agent and agents_lack_rights(snapshot) else ()
    )


def _idle_blocks(snapshot: Snapshot) -> Iterator[Caveat]:
    """Policies that tell inside from outside by private ranges say something else where nobody has
    such an address."""
    private = [ip_network(text) for text in _PRIVATE]
    real = [ip_address(ip) for pod in snapshot.pods.values() for ip in pod.ips]
    if any(
        address in network
        for address in real
        for network in private
        if address.version == network.version
    ):
        return  # they were replaced, and the policies with them
    for policy in snapshot.policies:
        blocks = {
            text
            for rule in (*policy.ingress, *policy.egress)
            for peer in rule.peers
            if peer.ip_block
            for text in (peer.ip_block.cidr, *peer.ip_block.excepts)
        }
        idle = sorted(
            text
            for text in blocks
            if any(
                within(ip_network(text, strict=False), private_range) for private_range in private
            )
        )
        if idle:
            text = (
                f"NetworkPolicy {policy.ref} speaks of {', '.join(idle)}: in the lab nobody has "
                "an address there"
            )
            yield Caveat(text, policy.ref, frozenset(idle))
