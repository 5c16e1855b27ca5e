"""What listens where: the ports that containers declare, and those of nodes and hosts outside.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.fabric.lab.building.topology import DNS, host_space, node_space, pod_space
from prober.fabric.lab.world.blueprint import PlannedListener
from prober.fabric.lab.world.world import DNS_OUTSIDE, World
from prober.manifest import dns_pods
from prober.model.errors import UsageError
from prober.model.lab import Listener
from prober.model.objects import ContainerPort, Node, Pod

_TLS_PORTS = frozenset((443, 6443, 8443, 9443))
_HTTP_PORTS = frozenset((80, 8080, 9090))
_DNS_PORT = 53


def planned_listeners(world: World) -> tuple[PlannedListener, ...]:
    """Every listener of the lab; of several that want the same port of the same namespace, the
    first."""
    listeners: dict[tuple[str, int, str], PlannedListener] = {}
    for planned in (
        *_caches(world),
        *_pods(world),
        *_nodes(world),
        *_endpoints(world),
        *_hosts(world),
    ):
        listeners.setdefault((planned.space, planned.port, planned.protocol), planned)
    return tuple(listeners.values())


def speech(port: ContainerPort) -> str:
    """What a container's port speaks, as its name and number suggest."""
    if port.protocol == "UDP":
        return "udp-echo"
    name = port.name.lower()
    if name.startswith(("https", "tls")) or port.number in _TLS_PORTS:
        return "https"
    if name.startswith("ssh") or port.number == 22:
        return "ssh"
    if name.startswith("grpc"):
        return "grpcs" if name.startswith("grpcs") else "grpc"
    return "http" if name.startswith("http") or port.number in _HTTP_PORTS else "echo"


def _pods(world: World) -> Iterator[PlannedListener]:
    resolvers = {(pod.namespace, pod.name) for pod in dns_pods(world.snapshot)}
    for _, pod in sorted(world.snapshot.pods.items()):
        if not pod.running or not pod.ips:
            continue
        for port in pod.ports:
            if port.protocol == "SCTP" or world.fault_effects.is_deaf(pod, port.number):
                continue
            is_dns = (pod.namespace, pod.name) in resolvers and _is_dns_port(port, world)
            speaks = _cluster_dns(world) if is_dns else speech(port)
            names = _names(world, pod) if speaks in ("https", "grpcs") else ()
            yield PlannedListener(
                pod_space(pod), port.number, port.protocol, speaks, pod.ips, names
            )


def _is_dns_port(port: ContainerPort, world: World) -> bool:
    """Port 53, or the one to which the Service of cluster DNS sends what comes to 53."""
    service = world.snapshot.services.get(("kube-system", "kube-dns"))
    targets = {
        own.target_port or own.port
        for own in (service.ports if service else ())
        if own.port == _DNS_PORT and own.protocol == port.protocol
    }
    return port.number == _DNS_PORT or not targets.isdisjoint({port.number, port.name})


def _cluster_dns(world: World) -> str:
    return "nothing" if world.fault_effects.dead_dns else "dns"


def _caches(world: World) -> Iterator[PlannedListener]:
    """A node's DNS cache, which stands in the way of no other server on the node."""
    address = world.spec.node_local_dns
    for node in world.snapshot.nodes if address else ():
        for protocol in ("UDP", "TCP"):
            yield PlannedListener(
                node_space(node), _DNS_PORT, protocol, "dns-cache", (address,), exact=True
            )


def _names(world: World, pod: Pod) -> tuple[str, ...]:
    """By which names a client may expect to find this pod: its Services', in the forms that people
    use."""
    names = [pod.name, *pod.ips]
    for service in world.snapshot.services.values():
        if (
            service.namespace == pod.namespace
            and service.selector
            and service.selector.items() <= pod.labels.items()
        ):
            full = f"{service.name}.{service.namespace}.svc.cluster.local"
            parts = full.split(".")
            names += [".".join(parts[:count]) for count in (1, 2, 3, 5)]
            names += [
                f"*.{full}",
                *service.cluster_ips,
                *service.load_balancer_ips,
                *service.external_ips,
            ]
    node = world.snapshot.nodes.get(pod.node)
    # What is on its node's network is asked by the node's names as well: the API server is.
    if pod.host_network and node is not None:
        names += _node_names(world, node)
    return tuple(dict.fromkeys(names))


def _nodes(world: World) -> Iterator[PlannedListener]:
    for item in world.spec.node_listeners:
        node = world.snapshot.nodes.get(item.node)
        if node is None:
            raise UsageError(
                f"nodeListeners: there is no node {item.node}",
                hint=f"nodes are {', '.join(world.snapshot.nodes)}",
            )
        yield from _listeners(
            node_space(item.node), node.addresses, item.listeners, _node_names(world, node)
        )


def _node_names(world: World, node: Node) -> tuple[str, ...]:
    """By which names a client may expect to find a node: its own, and the API server's."""
    api = (
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    )
    service = world.snapshot.services.get(("default", "kubernetes"))
    return (node.name, *node.addresses, *api, *(service.cluster_ips if service else ()))


def _endpoints(world: World) -> Iterator[PlannedListener]:
    """What an endpoint given by hand says about a node: the API server, which declares no port
    anywhere else."""
    nodes = {address: node for node in world.snapshot.nodes.values() for address in node.addresses}
    for endpoint_slice in world.snapshot.slices:
        for address in (
            address
            for end in endpoint_slice.endpoints
            if end.ready and not end.pod
            for address in end.addresses
        ):
            node = nodes.get(address)
            for port in endpoint_slice.ports if node else ():
                if node and port.protocol != "SCTP":
                    names = _node_names(world, node)
                    yield PlannedListener(
                        node_space(node.name),
                        port.number,
                        port.protocol,
                        speech(port),
                        node.addresses,
                        names,
                    )


def _hosts(world: World) -> Iterator[PlannedListener]:
    for host in world.outside:
        names = (host.name, *host.aliases, *host.addresses)
        yield from _listeners(host_space(host.name), host.addresses, host.listeners, names)
    own = tuple(DNS_OUTSIDE[family] for family in world.families)
    yield from _listeners(DNS, own, (Listener(_DNS_PORT, "dns"),), ())


def _listeners(
    space: str, addresses: tuple[str, ...], listeners: Iterable[Listener], names: Iterable[str]
) -> Iterator[PlannedListener]:
    certified = tuple(names)
    for listener in listeners:
        if listener.speaks == "dns":
            yield PlannedListener(space, listener.port, "UDP", "dns-outside", addresses)
            yield PlannedListener(space, listener.port, "TCP", "dns-outside", addresses)
        else:
            yield PlannedListener(
                space,
                listener.port,
                "UDP" if listener.speaks == "udp-echo" else "TCP",
                listener.speaks,
                addresses,
                certified,
            )
