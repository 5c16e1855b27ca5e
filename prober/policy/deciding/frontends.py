"""What Services make of a flow before policies see it: ClusterIP, headless, load balancers'
addresses, node ports.

Sources: the concept page of Services ("Virtual IPs and Service Proxies", traffic policies) and what
kube-proxy does. Policies see the backend and its port. Where rewriting may come before or after
them, the API leaves it open (concept page of network policies, ipBlock), and the link says what
else policies may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from prober.model.objects import IPBlock, Service, ServicePort
from prober.policy.deciding.endpoints import ServiceEndpoint, endpoints_of
from prober.policy.deciding.resolve import Undecided
from prober.policy.deciding.rules.addresses import Address, compile_block, parse_addresses
from prober.policy.deciding.rules.policy_endpoints import (
    Link,
    PolicyEndpoint,
    PolicyEndpointKind,
    ServiceFrontend,
    Target,
)
from prober.policy.deciding.world import World

Port = int | str | None

_ANY_ENTRY = (
    "which node the traffic enters is not known: where it is the backend's own, the plugin "
    "may take it for traffic of "
    "that node, which is always allowed"
)


def through_cluster_ip(
    world: World,
    source: PolicyEndpoint,
    service: Service,
    port: Port,
    protocol: str,
    address: Address | None = None,
) -> list[Link]:
    """A pod or node connects to a Service by its name or ClusterIP.

    Raises `Undecided` when no backend answers, and when the Service has no such port.
    """
    chosen = service_port(service, port, protocol)
    backends = endpoints_of(world, service, chosen, chosen.port)
    # kube-proxy then has no rule for this Service on a node without endpoints, and drops the
    # packet: there is no falling back to other nodes (API reference, internalTrafficPolicy).
    if service.internal_traffic_policy == "Local" and source.node:
        backends = _on_node(backends, source.node)
        if not backends:
            raise Undecided(
                f"Service {service.ref} has internalTrafficPolicy Local and no endpoint on "
                f"{source.name}'s node "
                f"{source.node}, so nothing answers, whatever the policies say"
            )
    addresses = (address,) if address else parse_addresses(service.cluster_ips)
    frontend = ServiceFrontend(f"Service {service.ref}", addresses, Target(protocol, chosen.port))
    return [_link(world, backend, protocol, frontend) for backend in backends]


def through_headless(world: World, service: Service, port: Port, protocol: str) -> list[Link]:
    """A client resolves a headless Service to pod IPs: nothing is translated, a number is the pod's
    port itself."""
    if isinstance(port, str):
        chosen = service_port(service, port, protocol)
        backends = endpoints_of(world, service, chosen, 0)
    else:
        backends = endpoints_of(world, service, None, port or 0)
    return [
        link_to(world, backend.endpoint, backend.port if port is not None else None, protocol)
        for backend in backends
    ]


def through_virtual_ip(
    world: World,
    source: PolicyEndpoint,
    service: Service,
    port: Port,
    protocol: str,
    address: Address | None = None,
) -> list[Link]:
    """Anyone connects to a load balancer's or external address of a Service.

    From inside the cluster the source's own node translates; from outside any node may be the one
    that traffic enters.
    """
    chosen = service_port(service, port, protocol)
    known = (
        (address,)
        if address
        else parse_addresses((*service.load_balancer_ips, *service.external_ips))
    )
    frontend = ServiceFrontend(f"Service {service.ref}", known, Target(protocol, chosen.port))
    backends = endpoints_of(world, service, chosen, chosen.port)
    # Local keeps the client's address and delivers only on the node that was entered. Cluster may
    # forward to another node, and then has to masquerade, or the answer would not come back the
    # same way (concept page of Services, "Traffic policies").
    if service.external_traffic_policy == "Local":
        links = [_link(world, backend, protocol, frontend) for backend in backends]
    else:
        links = [
            _link(
                world,
                backend,
                protocol,
                frontend,
                masquerades=_entries(world, source.node, backend),
            )
            for backend in backends
        ]
    return [_guarded(link, service, frontend) for link in links]


def _guarded(link: Link, service: Service, frontend: ServiceFrontend) -> Link:
    """loadBalancerSourceRanges are about the load balancer's addresses, and about nothing else
    (source: the field's documentation in the API, and kube-proxy's chain KUBE-FW)."""
    # Not for node ports and ClusterIPs: kube-proxy jumps to KUBE-FW only from a load balancer's
    # address, so the same Service is open through its node port.
    if not service.source_ranges or not set(frontend.addresses) & set(
        parse_addresses(service.load_balancer_ips)
    ):
        return link
    ranges = " and ".join(service.source_ranges)
    blocks = tuple(compile_block(IPBlock(cidr)) for cidr in service.source_ranges)
    says = (
        f"loadBalancerSourceRanges of Service {service.ref} ({ranges}) do not hold the address of"
    )
    return replace(link, keeps_out=says, welcome=blocks)


def through_node_port(
    world: World, source: PolicyEndpoint, node: PolicyEndpoint, service: Service, port: ServicePort
) -> list[Link]:
    """Anyone connects to a node port of a node."""
    frontend = ServiceFrontend(
        f"Service {service.ref}", node.addresses, Target(port.protocol, port.node_port)
    )
    backends = endpoints_of(world, service, port, port.port)
    # Who translates a packet to node port 30080 of n2 decides what egress policies see of it:
    #
    #   source on n2     its own node translates before or after the policies, as for a ClusterIP
    #   source on n1     n1 may translate as well (kube-proxy matches node ports of *local*
    #                    addresses only, Cilium's socket load balancer those of all nodes), or n2
    #                    does, after n1's policies have seen "node n2, port 30080"
    #
    # `early` is the second possibility of the second row.
    abroad = source.node != node.node
    if (
        service.external_traffic_policy == "Local"
        and abroad
        # For pods kube-proxy treats such a Service as if it were Cluster: it sends "pod traffic for
        # external destinations" to the chain of the ClusterIP, with all endpoints
        # (pkg/proxy/iptables).
        and source.kind is not PolicyEndpointKind.POD
    ):
        backends = _on_node(backends, node.node)
        if not backends:
            raise Undecided(
                f"Service {service.ref} has externalTrafficPolicy Local and no endpoint on "
                f"{node.name}, so nothing "
                "answers, whatever the policies say"
            )
    entry = (node,) if service.external_traffic_policy == "Cluster" else ()
    masquerades = tuple(dict.fromkeys((*_own_node(world, source, node), *entry)))
    early = node if abroad else None
    return [
        _link(world, backend, port.protocol, frontend, early=early, masquerades=masquerades)
        for backend in backends
    ]


def through_host_port(
    world: World,
    source: PolicyEndpoint,
    node: PolicyEndpoint,
    pods: Iterable[tuple[int, int]],
    port: int,
    protocol: str,
) -> list[Link]:
    """Anyone connects to a port of a node on which a pod listens: a hostPort, or a pod on the host
    network."""
    links = []
    # A pod on the host network is not translated to: it listens on the node itself, so it is a
    # plain link, whose port may happen to be a hostPort's.
    for index, own in pods:
        endpoint = world.endpoint(index)
        if endpoint.host_network:
            links.append(link_to(world, endpoint, own, protocol))
            continue
        frontend = ServiceFrontend(
            f"hostPort of {endpoint.name}", node.addresses, Target(protocol, port)
        )
        early = node if source.node != node.node else None
        own_node = _own_node(world, source, node)
        backend = ServiceEndpoint(endpoint, own)
        links.append(_link(world, backend, protocol, frontend, early=early, masquerades=own_node))
    return links


def service_port(service: Service, port: Port, protocol: str) -> ServicePort:
    """The Service's port of this number or name. Raises `Undecided` with those it has."""
    wanted = [
        offered for offered in service.ports if port in (offered.port, offered.name) and port != ""
    ]
    chosen = next((offered for offered in wanted if offered.protocol == protocol), None)
    if chosen:
        return chosen
    has = ", ".join(_name(offered) for offered in service.ports) or "none"
    raise Undecided(
        f"Service {service.ref} has no port {port}/{protocol} (it has {has}), so nothing answers, "
        "whatever the policies say"
    )


def link_to(world: World, endpoint: PolicyEndpoint, port: int | None, protocol: str) -> Link:
    """The plain way to an endpoint: nothing is translated."""
    names = (
        world.port_names(endpoint.index).get((port, protocol), frozenset())
        if endpoint.pod and port
        else frozenset()
    )
    label = endpoint.name if port is None else f"{endpoint.name}:{port}"
    spoken = (
        frozenset(version for version, _ in endpoint.addresses[:1])
        if protocol == "ICMP"
        else frozenset()
    )
    return Link(endpoint, Target(protocol, port, names, spoken), label)


def _link(
    world: World,
    backend: ServiceEndpoint,
    protocol: str,
    frontend: ServiceFrontend,
    *,
    early: PolicyEndpoint | None = None,
    masquerades: tuple[PolicyEndpoint, ...] = (),
) -> Link:
    plain = link_to(world, backend.endpoint, backend.port, protocol)
    caveat = _ANY_ENTRY if any(endpoint.elsewhere for endpoint in masquerades) else ""
    return Link(plain.destination, plain.target, plain.label, frontend, early, masquerades, caveat)


def _on_node(backends: Sequence[ServiceEndpoint], node: str) -> list[ServiceEndpoint]:
    """The endpoints on a node, and those whose node is not known."""
    return [backend for backend in backends if backend.endpoint.node in (node, "")]


def _own_node(
    world: World, source: PolicyEndpoint, node: PolicyEndpoint
) -> tuple[PolicyEndpoint, ...]:
    """The pod's own node, where the pod asks for another node's address: many networks give what
    leaves the pods' networks the address of the node that it leaves from (kube-proxy and CNI
    plugins call that masquerading)."""
    leaves = source.kind is PolicyEndpointKind.POD and not source.host_network
    return (world.node(source.node),) if leaves and source.node not in ("", node.node) else ()


def _entries(world: World, entry: str, backend: ServiceEndpoint) -> tuple[PolicyEndpoint, ...]:
    """The node whose address the source may be given: the entry node, or another than the backend's
    if not known."""
    if entry:
        return (world.node(entry),)
    own = backend.endpoint.node
    if world.node_names == {own}:
        return (world.node(own),)
    known = [world.node_addresses(name) for name in sorted(world.node_names - {own})]
    addresses = (
        tuple(address for addresses_of_node in known for address in addresses_of_node)
        if all(known)
        else ()
    )
    return (PolicyEndpoint(PolicyEndpointKind.NODE, "another node", addresses, elsewhere=True),)


def _name(port: ServicePort) -> str:
    return f"{port.port}/{port.protocol}" + (f" ({port.name})" if port.name else "")
