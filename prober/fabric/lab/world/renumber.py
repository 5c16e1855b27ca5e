"""Manifests from a real cluster carry real addresses; the lab's are from documentation ranges only.
Pure.

Where all foreign addresses of a role, and nobody else's, lie in one network they move as a block,
so that the last octets stay recognisable; else one by one. ipBlocks of policies move along, so that
the policies keep their meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network

from prober.fabric.lab.world.addresses import (
    FAMILIES,
    PLAN,
    Pool,
    Role,
    host_route,
    in_family,
    is_kept,
)
from prober.fabric.lab.world.readdressing import (
    Readdressing,
    moved_address,
    moved_block,
    moved_network,
)
from prober.model.lab import LabSpec
from prober.model.objects import (
    EndpointSlice,
    IPBlock,
    NetworkPolicy,
    Node,
    Pod,
    PolicyPeer,
    PolicyRule,
    Service,
)
from prober.model.snapshot import Snapshot

_BLOCK_PREFIX: Mapping[tuple[Role, int], int] = {
    (Role.NODE, 4): 24,
    (Role.NODE, 6): 64,
    (Role.POD, 4): 16,
    (Role.POD, 6): 48,
    (Role.SERVICE, 4): 16,
    (Role.SERVICE, 6): 112,
}
"""Which network moves as a whole. Roles that are not here move one by one: theirs lie all over the
Internet."""


@dataclass(frozen=True, slots=True)
class Renumbered:
    """The objects with addresses that the lab can carry, and what was changed, in sentences."""

    snapshot: Snapshot
    spec: LabSpec
    warnings: tuple[str, ...] = ()


def renumber(snapshot: Snapshot, spec: LabSpec) -> Renumbered:
    """Give every object whose addresses are not from the lab's ranges addresses that are."""
    used = _used(snapshot, spec)
    pool = Pool(address for addresses in used.values() for address in addresses)
    readdressings: list[Readdressing] = []
    warnings: list[str] = []
    for role, addresses in used.items():
        for family in FAMILIES:
            mine = in_family(addresses, family)
            foreign = [address for address in mine if not is_kept(address, role)]
            if foreign:
                others = [
                    address
                    for other, theirs in used.items()
                    if other is not role
                    for address in theirs
                ]
                stay = [address for address in mine if is_kept(address, role)]
                made = _readdressings(
                    role, family, foreign, [*stay, *in_family(others, family)], pool
                )
                readdressings += made
                warnings.append(_warning(role, made))
    if not readdressings:
        return Renumbered(snapshot, spec)
    return Renumbered(
        _moved_snapshot(snapshot, readdressings), _moved_spec(spec, readdressings), tuple(warnings)
    )


def _used(snapshot: Snapshot, spec: LabSpec) -> Mapping[Role, Sequence[str]]:
    """The addresses in the manifests, by role; each address has only one, the first that claims
    it."""
    pods = [pod for pod in snapshot.pods.values() if pod.running and not pod.host_network]
    services = snapshot.services.values()
    claims: dict[Role, Iterator[str]] = {
        Role.NODE: (address for node in snapshot.nodes.values() for address in node.addresses),
        Role.POD: (
            address
            for addresses in (
                *(pod.ips for pod in pods),
                *(
                    endpoint.addresses
                    for endpoint_slice in snapshot.slices
                    for endpoint in endpoint_slice.endpoints
                    if endpoint.pod
                ),
            )
            for address in addresses
        ),
        Role.SERVICE: (address for service in services for address in service.cluster_ips),
        Role.BALANCER: (
            address
            for service in services
            for address in (*service.load_balancer_ips, *service.external_ips)
        ),
        Role.OUTSIDE: (
            address
            for addresses in (
                *(host.addresses for host in spec.outside),
                *(
                    endpoint.addresses
                    for endpoint_slice in snapshot.slices
                    for endpoint in endpoint_slice.endpoints
                    if not endpoint.pod
                ),
            )
            for address in addresses
            if not is_kept(
                address, Role.NODE
            )  # an API server on a node that the lab is still to make
        ),
    }
    claimed: set[str] = set()
    used: dict[Role, Sequence[str]] = {}
    for role, addresses in claims.items():
        mine = [address for address in dict.fromkeys(addresses) if address not in claimed]
        claimed.update(mine)
        used[role] = mine
    return used


def _readdressings(
    role: Role, family: int, foreign: Sequence[str], others: Sequence[str], pool: Pool
) -> list[Readdressing]:
    """`others` are the addresses that must not move along: a Git server may stand in the nodes' own
    network."""
    prefix = _BLOCK_PREFIX.get((role, family))
    if prefix:
        networks = {ip_network(f"{address}/{prefix}", strict=False) for address in foreign}
        if len(networks) == 1 and not any(
            ip_address(taken) in network for network in networks for taken in others
        ):
            new = ip_network(f"{PLAN[role, family].new.network_address}/{prefix}")
            return [Readdressing(networks.pop(), new)]
    target = PLAN[role, family].new
    # The first hundred stay free for what the lab itself puts there: gateways, its DNS server,
    # nodes without address.
    return [
        Readdressing(
            ip_network(host_route(address)), ip_network(host_route(pool.take(target, 100)))
        )
        for address in foreign
    ]


def _warning(role: Role, readdressings: Sequence[Readdressing]) -> str:
    example = readdressings[0]
    old, new = (
        str(network).removesuffix("/32").removesuffix("/128")
        for network in (example.old, example.new)
    )
    more = f" and {len(readdressings) - 1} more" if len(readdressings) > 1 else ""
    return (
        f"the lab replaces {role} addresses by ones reserved for documentation: {old} is {new} "
        f"here{more}"
    )


def _moved_snapshot(snapshot: Snapshot, readdressings: Sequence[Readdressing]) -> Snapshot:
    def readdress(addresses: Iterable[str]) -> tuple[str, ...]:
        return tuple(moved_address(address, readdressings) for address in addresses)

    return replace(
        snapshot,
        nodes={
            name: _moved_node(node, readdressings, readdress)
            for name, node in snapshot.nodes.items()
        },
        pods={key: _moved_pod(pod, readdress) for key, pod in snapshot.pods.items()},
        services={
            key: _moved_service(service, readdressings, readdress)
            for key, service in snapshot.services.items()
        },
        slices=tuple(_moved_slice(endpoint_slice, readdress) for endpoint_slice in snapshot.slices),
        policies=tuple(_moved_policy(policy, readdressings) for policy in snapshot.policies),
    )


_Readdress = Callable[[Iterable[str]], tuple[str, ...]]


def _moved_node(node: Node, readdressings: Sequence[Readdressing], readdress: _Readdress) -> Node:
    """A pod CIDR that does not move as a whole is forgotten: its node gets another."""
    cidrs = tuple(
        cidr
        for text in node.pod_cidrs
        if (
            cidr := text
            if is_kept(text.split("/")[0], Role.POD)
            else moved_network(text, readdressings)
        )
    )
    return replace(node, addresses=readdress(node.addresses), pod_cidrs=cidrs)


def _moved_pod(pod: Pod, readdress: _Readdress) -> Pod:
    return replace(pod, ips=readdress(pod.ips))


def _moved_service(
    service: Service, readdressings: Sequence[Readdressing], readdress: _Readdress
) -> Service:
    return replace(
        service,
        cluster_ips=readdress(service.cluster_ips),
        load_balancer_ips=readdress(service.load_balancer_ips),
        source_ranges=tuple(
            block.cidr
            for cidr in service.source_ranges
            for block in moved_block(IPBlock(cidr), readdressings)
        ),
        external_ips=readdress(service.external_ips),
    )


def _moved_slice(endpoint_slice: EndpointSlice, readdress: _Readdress) -> EndpointSlice:
    return replace(
        endpoint_slice,
        endpoints=tuple(
            replace(endpoint, addresses=readdress(endpoint.addresses))
            for endpoint in endpoint_slice.endpoints
        ),
    )


def _moved_policy(policy: NetworkPolicy, readdressings: Sequence[Readdressing]) -> NetworkPolicy:
    def rules(old: tuple[PolicyRule, ...]) -> tuple[PolicyRule, ...]:
        return tuple(
            replace(
                rule,
                peers=tuple(p for peer in rule.peers for p in _moved_peer(peer, readdressings)),
            )
            for rule in old
        )

    return replace(policy, ingress=rules(policy.ingress), egress=rules(policy.egress))


def _moved_peer(peer: PolicyPeer, readdressings: Sequence[Readdressing]) -> tuple[PolicyPeer, ...]:
    if peer.ip_block is None:
        return (peer,)
    return tuple(PolicyPeer(ip_block=block) for block in moved_block(peer.ip_block, readdressings))


def _moved_spec(spec: LabSpec, readdressings: Sequence[Readdressing]) -> LabSpec:
    hosts = tuple(
        replace(
            host,
            addresses=tuple(
                moved_address(str(ip_address(text)), readdressings) for text in host.addresses
            ),
        )
        for host in spec.outside
    )
    return replace(spec, outside=hosts)
