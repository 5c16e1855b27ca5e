"""The endpoints of a Service: from its EndpointSlices when there are any, else computed as the
control plane would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prober.model.objects import EndpointSlice, LabelSelector, Service, ServicePort, SliceEndpoint
from prober.policy.deciding.resolve import Undecided, known_at
from prober.policy.deciding.rules.addresses import parse_addresses
from prober.policy.deciding.rules.pod_sets import members
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpoint
from prober.policy.deciding.world import World, named_port


@dataclass(frozen=True, slots=True)
class ServiceEndpoint:
    """Where a Service sends a connection."""

    endpoint: PolicyEndpoint
    port: int


def endpoints_of(
    world: World, service: Service, port: ServicePort | None, literal: int
) -> list[ServiceEndpoint]:
    """The ready endpoints for one port of a Service, each once.

    `port` None takes every endpoint on the port number `literal`, as a client of a headless Service
    does. Raises `Undecided` with the reason when there is none: kube-proxy then refuses the
    connection, whatever policies say.
    """
    slices = world.slices(service)
    endpoints = list(
        _listed(world, service, slices, port, literal)
        if slices
        else _computed(world, service, port, literal)
    )
    if not endpoints:
        raise Undecided(_nobody(world, service, port))
    return list({(backend.endpoint.name, backend.port): backend for backend in endpoints}.values())


def _listed(
    world: World,
    service: Service,
    slices: tuple[EndpointSlice, ...],
    port: ServicePort | None,
    literal: int,
) -> Iterator[ServiceEndpoint]:
    """Ports of a slice belong to the Service's ports of the same name (API reference,
    EndpointPort.name)."""
    for endpoint_slice in slices:
        numbers = (
            [literal]
            if port is None
            else [
                own.number
                for own in endpoint_slice.ports
                if own.name == port.name and own.protocol == port.protocol
            ]
        )
        for slice_endpoint in endpoint_slice.endpoints:
            endpoint = (
                _endpoint_behind(world, service, endpoint_slice, slice_endpoint)
                if numbers and slice_endpoint.ready
                else None
            )
            if endpoint is not None:
                yield from (ServiceEndpoint(endpoint, number) for number in numbers)


def _endpoint_behind(
    world: World, service: Service, endpoint_slice: EndpointSlice, slice_endpoint: SliceEndpoint
) -> PolicyEndpoint | None:
    """The pod, node or host behind a slice's endpoint; None for a pod that has finished."""
    if slice_endpoint.pod:
        index = world.sets.position.get((endpoint_slice.namespace, slice_endpoint.pod))
        if index is not None:
            return world.endpoint(index) if world.sets.pods[index].running else None
    addresses = parse_addresses(slice_endpoint.addresses)
    known = known_at(world, addresses[0]) if addresses else None
    if known is None and slice_endpoint.pod:
        raise Undecided(
            f"pod {endpoint_slice.namespace}/{slice_endpoint.pod}, an endpoint of Service "
            f"{service.ref}, is "
            "not among the objects given"
        )
    if known is None and not addresses:
        return world.host(slice_endpoint.hostname) if slice_endpoint.hostname else None
    return known or world.host(slice_endpoint.addresses[0], addresses[0])


def _computed(
    world: World, service: Service, port: ServicePort | None, literal: int
) -> Iterator[ServiceEndpoint]:
    for index in _selected(world, service):
        pod = world.sets.pods[index]
        if not pod.running or pod.unscheduled or not (pod.ready or service.publish_not_ready):
            continue
        number = literal if port is None else target_port(world, index, port)
        if number is not None:
            yield ServiceEndpoint(world.endpoint(index), number)


def target_port(world: World, index: int, port: ServicePort) -> int | None:
    """The number of a pod's port that a Service's port means; None when no container has a port of
    that name."""
    target = port.target_port or port.port
    return (
        target
        if isinstance(target, int)
        else named_port(world.sets.pods[index], target, port.protocol)
    )


def _selected(world: World, service: Service) -> list[int]:
    if service.selector is None:
        return []
    chosen = world.sets.select(LabelSelector(match_labels=service.selector))
    return list(members(world.sets.of_namespace(service.namespace) & chosen))


def _nobody(world: World, service: Service, port: ServicePort | None) -> str:
    """Why a Service has no endpoint, in one sentence."""
    name = f"Service {service.ref}"
    end = "so nothing answers, whatever the policies say"
    if world.slices(service):
        return f"{name} has no ready endpoint for this port in its EndpointSlices, {end}"
    if service.selector is None:
        return f"{name} has no selector and no EndpointSlice, {end}"
    pods = [world.sets.pods[index] for index in _selected(world, service)]
    if not pods:
        wanted = ",".join(f"{key}={value}" for key, value in sorted(service.selector.items()))
        return f"{name} selects no pod ({wanted}), {end}"
    if port is not None and any(
        pod.running and (pod.ready or service.publish_not_ready) for pod in pods
    ):
        return f"no pod behind {name} has a {port.protocol} port named {port.target_port!r}, {end}"
    return f"none of the {len(pods)} pods behind {name} is ready, {end}"
