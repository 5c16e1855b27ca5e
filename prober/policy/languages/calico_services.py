"""The endpoints of a Service, as a Calico rule means them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prober.model.languages.calico import ServiceMatch
from prober.model.objects import IPBlock, Protocol, Service, ServicePort
from prober.policy.deciding.endpoints import ServiceEndpoint, endpoints_of
from prober.policy.deciding.resolve import Undecided
from prober.policy.deciding.rules.addresses import compile_block, format_address
from prober.policy.deciding.rules.ports import NoPort, Port, PortIs
from prober.policy.deciding.rules.terms import Addresses, Nobody, Pods, Term, some_of

if TYPE_CHECKING:
    from prober.policy.deciding.world import World


def service_ends(world: World, namespace: str, match: ServiceMatch) -> list[tuple[Term, Port]]:
    """Who is behind the Service, by port: a rule about it matches an endpoint's address and port
    (source: the documentation of EntityRule's `services`)."""
    key = (match.namespace or namespace, match.name or "")
    service = world.snapshot.services.get(key)
    groups: defaultdict[tuple[Protocol, int], list[Term]] = defaultdict(list)
    for port in service.ports if service is not None else ():
        for end in _endpoints(world, service, port) if service is not None else ():
            groups[port.protocol, end.port].append(_term(end))
    if not groups:
        return [(Nobody(), NoPort())]
    return [
        (some_of(terms), PortIs(frozenset({protocol}), number))
        for (protocol, number), terms in groups.items()
    ]


def _endpoints(world: World, service: Service, port: ServicePort) -> Iterator[ServiceEndpoint]:
    try:
        yield from endpoints_of(world, service, port, port.port)
    except Undecided:
        return


def _term(end: ServiceEndpoint) -> Term:
    endpoint = end.endpoint
    if endpoint.pod is not None and not endpoint.host_network:
        return Pods(1 << endpoint.index)
    return some_of(
        [
            Addresses(compile_block(IPBlock(f"{text}/{128 if ':' in text else 32}")))
            for text in map(format_address, endpoint.addresses)
        ]
    )
