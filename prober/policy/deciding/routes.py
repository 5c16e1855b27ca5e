"""From a flow to its links: what the destination is, and every way in which the flow may arrive
there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.errors import UsageError
from prober.model.objects import Service
from prober.policy.deciding import frontends
from prober.policy.deciding.frontends import link_to
from prober.policy.deciding.resolve import (
    Undecided,
    alive,
    is_loopback,
    known_at,
    named_inside,
    node_endpoint,
    pod_endpoint,
    source_of,
)
from prober.policy.deciding.rules.addresses import Address, parse_address
from prober.policy.deciding.rules.policy_endpoints import (
    GOVERNED,
    Link,
    PolicyEndpoint,
    PolicyEndpointKind,
)
from prober.policy.deciding.world import World, named_port

_LONGEST_ALIAS = 8
"""ExternalName Services may point at each other; resolvers follow about as many."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a flow starts and every way it may arrive."""

    source: PolicyEndpoint
    protocol: str
    links: tuple[Link, ...]


def route(world: World, flow: Flow) -> Route:
    """Raises `Undecided` when policies do not get to decide, `UsageError` when an end does not
    exist."""
    protocol = flow.protocol.upper()
    if flow.port is None and protocol in GOVERNED:
        raise Undecided(f"the flow names no {protocol} port, so it is not clear which one is meant")
    source = source_of(world, flow.source)
    finder = _Finder(world, source, protocol, flow.port)
    links = finder.to_endpoint(flow.destination)
    # A flow to an IPv6 address is made from an IPv6 address. Without this a dual-stack source would
    # be compared by its IPv4 address with blocks that the packet never meets.
    families = frozenset(
        version for link in links for version in _asked_families(link, flow.destination)
    )
    return Route(source.speaking(families) if families else source, protocol, tuple(links))


def _asked_families(link: Link, destination: Endpoint) -> frozenset[int]:
    """The IP versions that the client can be using, where the destination was given as an
    address."""
    asked = (
        parse_address(destination.address or destination.name)
        if destination.kind is EndpointKind.OUTSIDE
        else None
    )
    if asked:
        return frozenset({asked[0]})
    return link.destination.families if destination.address else frozenset()


@dataclass(frozen=True, slots=True)
class _Finder:
    world: World
    source: PolicyEndpoint
    protocol: str
    port: int | str | None

    def to_endpoint(self, destination: Endpoint) -> list[Link]:
        address = parse_address(destination.address) if destination.address else None
        match destination.kind:
            case EndpointKind.POD:
                endpoint = pod_endpoint(self.world, destination.namespace, destination.name).at(
                    address
                )
                return [self.to_pod(endpoint)]
            case EndpointKind.SERVICE:
                return self.to_service(self.service(destination), address)
            case EndpointKind.NODE:
                return self.to_node(node_endpoint(self.world, destination.name).at(address))
            case EndpointKind.OUTSIDE:
                address = address or parse_address(destination.name)
                return (
                    self.to_address(destination.name, address)
                    if address
                    else self.to_name(destination.name)
                )

    def to_pod(self, endpoint: PolicyEndpoint) -> Link:
        return link_to(self.world, endpoint, self.number_at(endpoint), self.protocol)

    def number_at(self, endpoint: PolicyEndpoint) -> int | None:
        """The number that the flow's port means at an endpoint."""
        if not isinstance(self.port, str):
            return self.port
        number = named_port(endpoint.pod, self.port, self.protocol) if endpoint.pod else None
        if number is None:
            what = "declares" if endpoint.pod else "can have"
            raise Undecided(
                f"{endpoint.name} {what} no {self.protocol} port named {self.port!r}, so "
                "nothing can be said"
            )
        return number

    def service(self, endpoint: Endpoint) -> Service:
        service = self.world.snapshot.services.get((endpoint.namespace, endpoint.name))
        if service is None:
            raise UsageError(
                f"there is no Service {endpoint.namespace}/{endpoint.name}",
                hint="give its manifest too",
            )
        return service

    def to_service(self, service: Service, address: Address | None, depth: int = 0) -> list[Link]:
        """By its name, or by its ClusterIP `address`."""
        if service.type == "ExternalName":
            return self.to_name(service.external_name, depth + 1)
        if service.headless:
            return frontends.through_headless(self.world, service, self.port, self.protocol)
        if self.protocol not in GOVERNED:
            raise Undecided(
                f"the ClusterIP of Service {service.ref} answers no {self.protocol}: probe a "
                "pod behind it"
            )
        if self.source.kind is PolicyEndpointKind.HOST:
            return self.from_outside(service)
        return frontends.through_cluster_ip(
            self.world, self.source, service, self.port, self.protocol, address
        )

    def from_outside(self, service: Service) -> list[Link]:
        if service.type == "ClusterIP" and not service.external_ips:
            raise Undecided(
                f"Service {service.ref} has only a ClusterIP, which cannot be reached from outside"
            )
        return frontends.through_virtual_ip(
            self.world, self.source, service, self.port, self.protocol
        )

    def to_node(self, node: PolicyEndpoint) -> list[Link]:
        """A node's own address: a load balancer's that uses it, a node port, a hostPort, or the
        node itself."""
        world, port = self.world, self.port
        shared = next(
            (links for address in node.addresses if (links := self.virtual(address))), None
        )
        if shared:
            return shared
        if not isinstance(port, int):
            return [link_to(world, node, self.number_at(node), self.protocol)]
        owner = world.node_port(port, self.protocol)
        if owner:
            return frontends.through_node_port(world, self.source, node, *owner)
        pods = world.pods_on_host_port(node.node, port, self.protocol)
        if pods:
            return frontends.through_host_port(world, self.source, node, pods, port, self.protocol)
        return [link_to(world, node, port, self.protocol)]

    def virtual(self, address: Address) -> list[Link] | None:
        """Through the Service that has this load balancer's address and port; None when none
        has."""
        for service in self.world.services_behind(address):
            if any(
                self.port in (offered.port, offered.name) and offered.protocol == self.protocol
                for offered in service.ports
            ):
                return frontends.through_virtual_ip(
                    self.world, self.source, service, self.port, self.protocol, address
                )
        return None

    def to_address(self, name: str, address: Address) -> list[Link]:
        """Whatever has this address; `name` is what the flow calls it."""
        world = self.world
        if is_loopback(name, address):
            return [self.to_itself()]
        service = world.service_at(address)
        if service:
            return self.to_service(service, address)
        endpoint = known_at(world, address)
        if endpoint and endpoint.kind is PolicyEndpointKind.NODE:
            return self.to_node(endpoint)
        if endpoint:
            return [self.to_pod(endpoint)]
        shared = self.virtual(address)
        if shared:
            return shared
        owners = world.services_behind(address)
        if owners:
            names = ", ".join(str(owner.ref) for owner in owners)
            raise Undecided(
                f"none of the Services behind {name} ({names}) has the port "
                f"{self.port}/{self.protocol}, so nothing "
                "answers, whatever the policies say"
            )
        host = world.host(name, address)
        return [link_to(world, host, self.number_at(host), self.protocol)]

    def to_itself(self) -> Link:
        endpoint = alive(self.source)
        return link_to(self.world, endpoint, self.number_at(endpoint), self.protocol)

    def to_name(self, name: str, depth: int = 0) -> list[Link]:
        """A host by name: cluster DNS knows Services; others have the addresses that were given, or
        unknown ones."""
        if depth > _LONGEST_ALIAS:
            raise Undecided(f"the ExternalName Services behind {name} point at each other")
        if is_loopback(name, None):
            return [self.to_itself()]
        inside = named_inside(self.world, name)
        if isinstance(inside, PolicyEndpoint):
            return [self.to_pod(inside)]
        if inside:
            return self.to_service(inside, None, depth)
        return self.to_addresses(name)

    def to_addresses(self, name: str) -> list[Link]:
        """A host by name, at every address that it is known to have; some may be the cluster's
        own."""
        known = self.world.host_addresses(name)
        routed = [self.to_address(name, address) for address in known]
        inside = [link for links in routed for link in links if not _is_outside(link)]
        outside = [
            address
            for address, links in zip(known, routed, strict=True)
            if all(map(_is_outside, links))
        ]
        if inside and not outside:
            return inside
        host = replace(self.world.host(name), addresses=tuple(outside))
        return [*inside, link_to(self.world, host, self.number_at(host), self.protocol)]


def _is_outside(link: Link) -> bool:
    return link.frontend is None and link.destination.kind is PolicyEndpointKind.HOST
