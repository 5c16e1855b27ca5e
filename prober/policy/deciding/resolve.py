"""What the two ends of a flow are: a pod, a node, a Service, a host outside; also where only an
address is given."""

from __future__ import annotations

from prober.model.check import Endpoint, EndpointKind
from prober.model.errors import UsageError
from prober.model.objects import Service
from prober.policy.deciding.rules.addresses import Address, parse_address
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpoint
from prober.policy.deciding.world import World

_SERVICE_DOMAIN = "svc"
_CLUSTER_DOMAINS = (".svc", ".svc.cluster.local")
_LOCALHOST = "localhost"


class Undecided(Exception):  # noqa: N818 - not an error: the prediction is `undefined`, and this is the reason
    """Policies do not get to decide about the flow, or the snapshot does not say enough."""


def source_of(world: World, endpoint: Endpoint) -> PolicyEndpoint:
    """Where a flow comes from. Raises `Undecided` for a pod without a network, `UsageError` for no
    such object."""
    address = parse_address(endpoint.address) if endpoint.address else None
    match endpoint.kind:
        case EndpointKind.POD:
            return pod_endpoint(world, endpoint.namespace, endpoint.name).at(address)
        case EndpointKind.NODE:
            return node_endpoint(world, endpoint.name).at(address)
        case EndpointKind.OUTSIDE:
            address = address or parse_address(endpoint.name)
            return known_at(world, address) or world.host(endpoint.name, address)
        case EndpointKind.SERVICE:
            raise UsageError(
                f"{endpoint} cannot be the source of a flow", hint="name a pod behind it"
            )


def pod_endpoint(world: World, namespace: str, name: str) -> PolicyEndpoint:
    """A pod that can send and receive. Raises `Undecided` when it has no network, `UsageError` when
    it is unknown."""
    index = world.sets.position.get((namespace, name))
    if index is None:
        raise UsageError(
            f"there is no pod {namespace}/{name}", hint="give its manifest too, or check the name"
        )
    return alive(world.endpoint(index))


def alive(endpoint: PolicyEndpoint) -> PolicyEndpoint:
    """The endpoint itself. Raises `Undecided` for a pod that has no network (any more, or yet)."""
    if endpoint.pod and not endpoint.pod.running:
        raise Undecided(
            f"{endpoint.name} has finished and has no network any more, so policies decide nothing"
        )
    if endpoint.pod and endpoint.pod.unscheduled:
        raise Undecided(
            f"{endpoint.name} is not scheduled to a node and has no network yet, so policies "
            "decide nothing"
        )
    return endpoint


def node_endpoint(world: World, name: str) -> PolicyEndpoint:
    """Raises `UsageError` when neither a Node nor a pod has that name."""
    if name not in world.node_names:
        raise UsageError(
            f"there is no node {name}", hint="give its manifest too, or check the name"
        )
    return world.node(name)


def known_at(world: World, address: Address | None) -> PolicyEndpoint | None:
    """The pod or the node that has an address; None when it is neither's."""
    if address is None:
        return None
    index = world.pod_at(address)
    if index is not None:
        return alive(world.endpoint(index)).at(address)
    node = world.node_at(address)
    return world.node(node).at(address) if node is not None else None


def is_loopback(name: str, address: Address | None) -> bool:
    """Does the destination mean the source itself."""
    if address is None:
        return name.lower() == _LOCALHOST
    version, value = address
    return value >> 24 == 127 if version == 4 else value == 1


def named_inside(world: World, host: str) -> Service | PolicyEndpoint | None:
    """What a cluster DNS name means, with or without the cluster's domain: the Service of
    `NAME.NS.svc`, or the pod of `POD.SERVICE.NS.svc`. None for a name that is not cluster DNS's.

    Raises `Undecided` for a name of the default cluster domain that no Service has: it does not
    resolve.
    """
    labels = host.lower().rstrip(".").split(".")
    if labels[2:3] == [_SERVICE_DOMAIN]:
        service = world.snapshot.services.get((labels[1], labels[0]))
        if service:
            return service
    if labels[3:4] == [_SERVICE_DOMAIN] and (labels[2], labels[1]) in world.snapshot.services:
        index = world.sets.position.get((labels[2], labels[0]))
        if index is not None:
            return alive(world.endpoint(index))
    if ".".join(labels).endswith(_CLUSTER_DOMAINS):
        raise Undecided(
            f"{host} is a name of cluster DNS, and no Service given has it, so it does not resolve"
        )
    return None
