"""TRANSLATION and SIZE: what happens to the packet on the way. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from prober.coordinator.controls import probing
from prober.coordinator.controls.network import first_on_each_node
from prober.coordinator.controls.situation import Situation
from prober.coordinator.controls.spec import Accepts, ControlSpec, control, routed
from prober.coordinator.controls.surroundings import Surroundings
from prober.model.check import Endpoint, EndpointKind, Vantage
from prober.model.probe import ProbeKind
from prober.model.run import Shows

LARGE_DATAGRAM = 500
"""Bytes of UDP payload from which its size is controlled: anything less fits every link (RFC 791
asks for 576)."""


def translation(situation: Situation, around: Surroundings) -> Iterator[ControlSpec]:
    flow, address = situation.check.flow, situation.address
    if situation.from_outside:
        yield from _translated_outside(situation, around)
        return
    users = [
        user
        for user in around.users(flow.destination, situation.protocol, flow.port, situation.node)
        if user != situation.vantage
    ]
    for user in users:
        name = f"from {user.id}, on the source's node, {address or flow.destination} answers"
        spec = control(Shows.TRANSLATION, name, user, probing.to_target(situation))
        yield replace(spec, by_name=not address)
    start = around.node(situation.node)
    if users or start is None:
        return
    if situation.connects and address:
        yield from _walked_to(situation, start, address)
    yield from _by_cluster_ip(situation, around, start)
    over_udp = not situation.connects
    for peer in islice(around.services(start, situation.service, over_udp=over_udp), 2):
        name = f"from node {start.name}, {peer.name} answers"
        spec = control(Shows.TRANSLATION, name, start, peer.probe, accepts=Accepts.ANY_WORD)
        yield replace(spec, where_routers_are_mute=not over_udp)


def _translated_outside(situation: Situation, around: Surroundings) -> Iterator[ControlSpec]:
    """Node ports and load balancers' addresses are translated where packets enter; a ClusterIP is
    nowhere. Whom the policies and the Service's own ranges admit asks in the source's stead."""
    service, address = situation.service, situation.address
    if service is not None and address in service.cluster_ips:
        return
    flow = situation.check.flow
    for asker in (*around.other_nodes(), *around.other_hosts(situation.vantage)):
        if around.allows(asker, flow.destination, situation.protocol, flow.port):
            name = f"from {asker.id}, which may, {address or flow.destination} answers"
            spec = control(Shows.TRANSLATION, name, asker, probing.to_target(situation))
            yield replace(spec, by_name=not address)
            return
    if situation.connects and address:
        yield from _walked_to(situation, situation.vantage, address)


def _by_cluster_ip(
    situation: Situation, around: Surroundings, start: Vantage
) -> Iterator[ControlSpec]:
    """A load balancer's address that only certain ranges may use is closed before it is translated,
    so nothing of it is seen: the same Service by its ClusterIP shows that the node translates
    it."""
    for service in around.balanced(situation.address):
        address = situation.of_family(service.cluster_ips)
        to = Endpoint(EndpointKind.SERVICE, service.namespace, service.name)
        for port in service.ports:
            wanted = (port.port, port.protocol) == (situation.probe.port, situation.protocol)
            if wanted and address and around.allows(start, to, port.protocol, port.port):
                name = f"from node {start.name}, Service {service.ref}:{port.port} answers"
                probe = probing.to_target(situation, address)
                yield control(Shows.TRANSLATION, name, start, probe)


def _walked_to(situation: Situation, start: Vantage, address: str) -> Iterator[ControlSpec]:
    """A packet whose TTL runs out behind the translation is reported in the name of the address
    that was asked."""
    name = f"what {address} stands for answers a TTL walk from {start.id}"
    probe = probing.walk(address, situation.probe.port)
    yield routed(Shows.TRANSLATION, name, start, probe, router="")


def size(situation: Situation, around: Surroundings) -> Iterator[ControlSpec]:
    yield from _size_at_source(situation, around)
    length = sent(situation)
    start = around.node(situation.node)
    for place in first_on_each_node(situation.away):
        for asker in around.askers(
            place, situation.protocol, first=situation.node, besides={situation.vantage}
        ):
            if around.node_of(asker) == situation.node and situation.node:
                name = f"from {asker.id}, on the same node, {place.name} answers {length} bytes"
                probe = probing.to_place(situation, place)
                yield control(Shows.SIZE, name, asker, probe, part=place.node)
        address = around.address_of(place.node, situation.family)
        if start is not None and address:
            name = f"from node {start.name}, node {place.node} answers an echo of {length} bytes"
            probe = probing.echo(address, situation.probe.timeout, length)
            yield control(Shows.SIZE, name, start, probe, part=place.node)


def _size_at_source(situation: Situation, around: Surroundings) -> Iterator[ControlSpec]:
    """The source's own link, whose other end may carry more than it takes."""
    node = around.node(situation.node)
    address = situation.of_family(situation.source.ips) if situation.source else ""
    if node is not None and address:
        length = sent(situation)
        name = f"from its own node {node.name}, the source answers an echo of {length} bytes"
        probe = probing.echo(address, situation.probe.timeout, length)
        yield control(Shows.SIZE, name, node, probe, part=situation.vantage.id)


def sent(situation: Situation) -> int:
    """Bytes of payload that a size is controlled for; 0: it is too small to matter."""
    if situation.probe.kind is ProbeKind.ICMP:
        return situation.probe.size
    length = len(situation.probe.payload.encode()) if situation.probe.kind is ProbeKind.UDP else 0
    return length if length >= LARGE_DATAGRAM else 0
