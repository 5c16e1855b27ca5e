"""TRANSLATION and SIZE: what happens to the packet on the way. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from prober.coordinator.controls import probing
from prober.coordinator.controls.candidates import Candidates
from prober.coordinator.controls.context import CheckContext
from prober.coordinator.controls.network import calibration, first_on_each_node
from prober.coordinator.controls.spec import Accepts, ControlSpec, control, routed
from prober.model.check import Endpoint, EndpointKind, Vantage
from prober.model.probe import ProbeKind
from prober.model.run import Shows

MOST_SERVICES = 2
"""Other Services by which translation is seen: the second is there for where the first is dead."""
LARGE_DATAGRAM = 500
"""Bytes of UDP payload from which its size is controlled: anything less fits every link (RFC 791
asks for 576)."""


def translation(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    flow, address = context.check.flow, context.address
    if context.from_outside:
        yield from _translated_outside(context, candidates)
        return
    yield from _by_the_source(context, candidates)
    users = [
        user
        for user in candidates.users(flow.destination, context.protocol, flow.port, context.node)
        if user != context.vantage
    ]
    for user in users:
        name = f"from {user.id}, on the source's node, {address or flow.destination} answers"
        spec = control(Shows.TRANSLATION, name, user, probing.to_target(context))
        yield replace(spec, by_name=not address)
    start = candidates.node(context.node)
    if users or start is None:
        return
    if context.connects and address:
        yield from calibration(context, candidates)
        yield from _walked_to(context, start, address)
    yield from _by_cluster_ip(context, candidates, start)
    yield from _by_another(context, candidates, start)


def _by_another(
    context: CheckContext, candidates: Candidates, start: Vantage
) -> Iterator[ControlSpec]:
    """Another Service, asked where this one is translated: a node port by the node that has it."""
    over_udp = not context.connects
    there = candidates.node(context.check.flow.destination.name) if context.on_node else start
    if there is None:
        return
    services = candidates.services(there, context.service, over_udp=over_udp)
    for peer in islice(services, MOST_SERVICES):
        name = f"from node {there.name}, {peer.name} answers"
        spec = control(Shows.TRANSLATION, name, there, peer.probe, accepts=Accepts.ANY_WORD)
        yield replace(spec, where_routers_are_mute=not over_udp)


def _by_the_source(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """Another Service, from the source itself or a pod beside it: what pods send and what a node
    sends is translated by different rules (the hooks prerouting and output), and one may be
    missing."""
    if context.source is None or context.on_node:
        return
    over_udp = not context.connects
    for vantage in (context.vantage, *candidates.inside_on(context.node)):
        services = candidates.services(vantage, context.service, over_udp=over_udp)
        peers = tuple(islice(services, MOST_SERVICES))
        for peer in peers:
            name = f"from {vantage.id}, {peer.name} answers, which it may reach"
            accepts, part = Accepts.ANY_WORD, "of pods"
            yield control(Shows.TRANSLATION, name, vantage, peer.probe, part=part, accepts=accepts)
        if peers:
            return


def _translated_outside(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """Node ports and load balancers' addresses are translated where packets enter; a ClusterIP is
    nowhere. Whom the policies and the Service's own ranges admit asks in the source's stead."""
    service, address = context.service, context.address
    if service is not None and address in service.cluster_ips:
        return
    flow = context.check.flow
    for asker in (*candidates.other_nodes(), *candidates.other_hosts(context.vantage)):
        if candidates.allows(asker, flow.destination, context.protocol, flow.port):
            name = f"from {asker.id}, which may, {address or flow.destination} answers"
            spec = control(Shows.TRANSLATION, name, asker, probing.to_target(context))
            yield replace(spec, by_name=not address)
            return
    if context.connects and address:
        yield from _walked_to(context, context.vantage, address)


def _by_cluster_ip(
    context: CheckContext, candidates: Candidates, start: Vantage
) -> Iterator[ControlSpec]:
    """A load balancer's address that only certain ranges may use is closed before it is translated,
    so nothing of it is seen: the same Service by its ClusterIP shows that the node translates
    it."""
    for service in candidates.balanced(context.address):
        address = context.of_family(service.cluster_ips)
        to = Endpoint(EndpointKind.SERVICE, service.namespace, service.name)
        for port in service.ports:
            wanted = (port.port, port.protocol) == (context.probe.port, context.protocol)
            if wanted and address and candidates.allows(start, to, port.protocol, port.port):
                name = f"from node {start.name}, Service {service.ref}:{port.port} answers"
                probe = probing.to_target(context, address)
                yield control(Shows.TRANSLATION, name, start, probe)


def _walked_to(context: CheckContext, start: Vantage, address: str) -> Iterator[ControlSpec]:
    """A packet whose TTL runs out behind the translation is reported in the name of the address
    that was asked."""
    name = f"what {address} stands for answers a TTL walk from {start.id}"
    probe = probing.walk(address, context.probe.port)
    yield routed(Shows.TRANSLATION, name, start, probe, router="")


def size(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    yield from _size_at_source(context, candidates)
    length = sent(context)
    start = candidates.node(context.node)
    for place in first_on_each_node(context.away):
        for asker in candidates.askers(
            place, context.protocol, first=context.node, besides={context.vantage}
        ):
            if candidates.node_of(asker) == context.node and context.node:
                name = f"from {asker.id}, on the same node, {place.name} answers {length} bytes"
                probe = probing.to_place(context, place)
                yield control(Shows.SIZE, name, asker, probe, part=place.node)
        address = candidates.address_of(place.node, context.family)
        if start is not None and address:
            name = f"from node {start.name}, node {place.node} answers an echo of {length} bytes"
            probe = probing.echo(address, context.probe.timeout, length)
            yield control(Shows.SIZE, name, start, probe, part=place.node)


def _size_at_source(context: CheckContext, candidates: Candidates) -> Iterator[ControlSpec]:
    """The source's own link, whose other end may carry more than it takes."""
    node = candidates.node(context.node)
    address = context.of_family(context.source.ips) if context.source else ""
    if node is not None and address:
        length = sent(context)
        name = f"from its own node {node.name}, the source answers an echo of {length} bytes"
        probe = probing.echo(address, context.probe.timeout, length)
        yield control(Shows.SIZE, name, node, probe, part=context.vantage.id)


def sent(context: CheckContext) -> int:
    """Bytes of payload that a size is controlled for; 0: it is too small to matter."""
    if context.probe.kind is ProbeKind.ICMP:
        return context.probe.size
    length = len(context.probe.payload.encode()) if context.probe.kind is ProbeKind.UDP else 0
    return length if length >= LARGE_DATAGRAM else 0
