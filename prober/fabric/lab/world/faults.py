"""Faults, from the names a person writes to the objects they concern. Pure."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeVar

from prober.model.errors import UsageError
from prober.model.kubernetes import WORKLOAD_KINDS
from prober.model.lab import Fault, FaultKind, OutsideHost
from prober.model.network.components import Component, component_of
from prober.model.objects import Pod, Ref
from prober.model.snapshot import Snapshot

PodKey = tuple[str, str]
_T = TypeVar("_T")

_DEFAULT_MTU = 1280


@dataclass(frozen=True, slots=True)
class Firewall:
    """A rule at the gateway to the outside."""

    addresses: tuple[str, ...]
    """Empty: every host outside."""
    protocol: Literal["TCP", "UDP"]
    port: int
    """0: every port, and every protocol."""
    action: Literal["drop", "reject"]
    spares: tuple[str, ...] = ()
    """Addresses that it lets through on `port`, and nothing else but DNS; it is about the others
    then."""


@dataclass(frozen=True, slots=True)
class FaultEffects:
    """Everything that is broken on purpose, by where it is broken."""

    firewalls: tuple[Firewall, ...] = ()
    dead_dns: bool = False
    unready_services: frozenset[Ref] = frozenset()
    deaf: frozenset[tuple[PodKey, int]] = frozenset()
    """Pods and the ports on which nothing listens; port 0 is all of them."""
    down: frozenset[PodKey] = frozenset()
    """Pods that have crashed: not ready, and nothing listens."""
    lost: frozenset[PodKey] = frozenset()
    """Pods without identity."""
    no_rights: bool = False
    """The CNI's agents have no rights at the API server."""
    unpoliced: frozenset[str] = frozenset()
    """Nodes without a policy agent."""
    lax_port_names: bool = False
    """A rule that names only ports that a pod does not have allows every port of it."""
    first_port_only: bool = False
    """A range of ports is its first one."""
    unnamed_directions: bool = False
    """Rules of a direction that policyTypes leaves out are applied."""
    blocks_outside: bool = False
    """ipBlocks mean hosts outside alone."""
    unknown: frozenset[PodKey] = frozenset()
    """Pods of which the policy agents of other nodes have not heard."""
    closed_ports: tuple[tuple[str, int, str], ...] = ()
    """(node, port, protocol): what the node's own firewall keeps from others."""
    no_way_out: frozenset[str] = frozenset()
    """Nodes whose pods cannot begin a connection to pods of others."""
    no_tunnel: frozenset[str] = frozenset()
    """Nodes between whose pods and those of others nothing passes."""
    unproxied: frozenset[str] = frozenset()
    """Nodes without kube-proxy."""
    unrouted: frozenset[str] = frozenset()
    """Nodes to whose pods nobody has a route."""
    cut_off_caches: frozenset[str] = frozenset()
    """Nodes whose DNS cache does not reach cluster DNS."""
    enforcement_delay: int = 0
    """Milliseconds."""
    mtus: tuple[tuple[str, int], ...] = ()
    """(node, bytes): how large packets to it may be; an empty node is the way to the outside."""

    def is_deaf(self, pod: Pod, port: int) -> bool:
        key = (pod.namespace, pod.name)
        return key in self.down or (key, port) in self.deaf or (key, 0) in self.deaf


def resolve_faults(
    faults: Sequence[Fault],
    snapshot: Snapshot,
    outside: Sequence[OutsideHost],
    *,
    nameless: Collection[str] = (),
) -> FaultEffects:
    """What the faults break in this world. `nameless` are nodes whose pods have no identity without
    any fault.

    Raises `UsageError` when a target does not exist.
    """
    by_kind: dict[FaultKind, list[Fault]] = {kind: [] for kind in FaultKind}
    for fault in faults:
        by_kind[fault.kind].append(fault)
    deaf = (
        ((pod.namespace, pod.name), fault.port)
        for fault in by_kind[FaultKind.NOT_LISTENING]
        for pod in _pods(fault, snapshot)
    )
    unproxied = _nodes(by_kind[FaultKind.KUBE_PROXY_DOWN], snapshot)
    unrouted = _nodes(by_kind[FaultKind.CNI_AGENT_DOWN], snapshot)
    unpoliced = _nodes(by_kind[FaultKind.STOPPED_AGENT], snapshot)
    forgotten = {*nameless, *_nodes(by_kind[FaultKind.CNI_NO_RIGHTS], snapshot)}
    crashed = {
        *_components(snapshot, Component.KUBE_PROXY, unproxied),
        *_components(snapshot, Component.CNI_AGENT, unrouted | unpoliced),
        *(_components(snapshot, Component.CLUSTER_DNS) if by_kind[FaultKind.DNS_DOWN] else ()),
    }
    return FaultEffects(
        firewalls=(
            *(_firewall(fault, outside) for fault in by_kind[FaultKind.FIREWALL]),
            *(_proxy_only(fault, outside) for fault in by_kind[FaultKind.PROXY_ONLY]),
        ),
        dead_dns=bool(by_kind[FaultKind.DEAD_DNS]),
        unready_services=frozenset(
            _service(fault, snapshot) for fault in by_kind[FaultKind.NO_ENDPOINTS]
        ),
        deaf=frozenset(deaf),
        down=frozenset(crashed),
        lost=frozenset(
            (*_lost(by_kind[FaultKind.LOST_IDENTITY], snapshot), *_pods_on(snapshot, forgotten))
        ),
        no_rights=bool(by_kind[FaultKind.CNI_NO_RIGHTS]),
        unpoliced=unpoliced,
        lax_port_names=bool(by_kind[FaultKind.UNKNOWN_PORT_NAMES]),
        first_port_only=bool(by_kind[FaultKind.UNKNOWN_PORT_RANGES]),
        unnamed_directions=bool(by_kind[FaultKind.UNNAMED_DIRECTIONS]),
        blocks_outside=bool(by_kind[FaultKind.OUTSIDE_IP_BLOCKS]),
        unknown=frozenset(
            (pod.namespace, pod.name)
            for fault in by_kind[FaultKind.UNKNOWN_POD]
            for pod in _pods(fault, snapshot)
        ),
        closed_ports=tuple(
            (_node(fault, snapshot), fault.port, fault.protocol.lower())
            for fault in by_kind[FaultKind.HOST_FIREWALL]
        ),
        no_way_out=_nodes(by_kind[FaultKind.NO_WAY_OUT], snapshot),
        no_tunnel=_nodes(by_kind[FaultKind.TUNNEL_BLOCKED], snapshot),
        unproxied=unproxied,
        unrouted=unrouted,
        cut_off_caches=_nodes(by_kind[FaultKind.DNS_CACHE_CUT_OFF], snapshot),
        enforcement_delay=max(
            (fault.value for fault in by_kind[FaultKind.LATE_ENFORCEMENT]), default=0
        ),
        mtus=tuple(
            (_node(fault, snapshot) if fault.target else "", fault.value or _DEFAULT_MTU)
            for fault in by_kind[FaultKind.LOW_MTU]
        ),
    )


def _firewall(fault: Fault, outside: Sequence[OutsideHost]) -> Firewall:
    addresses = _host(fault, outside) if fault.target else ()
    return Firewall(addresses, fault.protocol, fault.port, fault.action)


def _proxy_only(fault: Fault, outside: Sequence[OutsideHost]) -> Firewall:
    return Firewall((), "TCP", fault.port, fault.action, spares=_host(fault, outside))


def _host(fault: Fault, outside: Sequence[OutsideHost]) -> tuple[str, ...]:
    """The addresses of the host outside that the fault names."""
    known: dict[str, tuple[str, ...]] = {}
    for host in outside:
        known |= dict.fromkeys((host.name, *host.aliases), host.addresses)
        known |= {address: (address,) for address in host.addresses}
    return _known(fault, known, "no host outside is called")


def _service(fault: Fault, snapshot: Snapshot) -> Ref:
    _, namespace, name = _split(fault.target)
    known = {f"svc/{key[1]}.{key[0]}": Ref("Service", *key) for key in snapshot.services}
    return _known(fault, known, "there is no Service", f"svc/{name}.{namespace}")


def _node(fault: Fault, snapshot: Snapshot) -> str:
    return _known(fault, {f"node/{name}": name for name in snapshot.nodes}, "there is no node")


def _nodes(faults: Iterable[Fault], snapshot: Snapshot) -> frozenset[str]:
    """The nodes that the faults name; one without target means all of them."""
    return frozenset(
        name
        for fault in faults
        for name in ([_node(fault, snapshot)] if fault.target else snapshot.nodes)
    )


def _components(
    snapshot: Snapshot, wanted: Component, nodes: Container[str] | None = None
) -> Iterator[PodKey]:
    """The pods of the network's own machinery, on these nodes."""
    for key, pod in snapshot.pods.items():
        if pod.running and component_of(pod) is wanted and (nodes is None or pod.node in nodes):
            yield key


def _pods_on(snapshot: Snapshot, nodes: Container[str]) -> Iterator[PodKey]:
    return (
        key
        for key, pod in snapshot.pods.items()
        if pod.running and not pod.host_network and pod.node in nodes
    )


def _lost(faults: Iterable[Fault], snapshot: Snapshot) -> Iterator[PodKey]:
    for fault in faults:
        for pod in _pods(fault, snapshot):
            if pod.host_network:
                raise UsageError(
                    (
                        f"fault {fault.kind}={fault.target}: pod {pod.ref} is on its node's "
                        "network, without identity"
                    ),
                    hint="choose a pod without hostNetwork",
                )
            yield pod.namespace, pod.name


def _pods(fault: Fault, snapshot: Snapshot) -> tuple[Pod, ...]:
    """The running pods of a pod or workload target."""
    kind, namespace, name = _split(fault.target)
    known: dict[str, tuple[Pod, ...]] = {}
    for pod in snapshot.pods.values():
        if not pod.running:
            continue
        known[f"pod/{pod.name}.{pod.namespace}"] = (pod,)
        if pod.owner:
            short = next(
                (short for short, long in _LONG_KINDS if long == pod.owner.kind),
                pod.owner.kind.lower(),
            )
            target = f"{short}/{pod.owner.name}.{pod.owner.namespace}"
            known[target] = (*known.get(target, ()), pod)
    wanted = next((short for short, long in _LONG_KINDS if long == WORKLOAD_KINDS.get(kind)), kind)
    return _known(fault, known, "there is no running pod of", f"{wanted}/{name}.{namespace}")


_LONG_KINDS = (*WORKLOAD_KINDS.items(), ("pod", "Pod"))


def _split(target: str) -> tuple[str, str, str]:
    """Kind, namespace and name of `kind/NAME.NS`. A pod's name may have dots in it, a namespace has
    none."""
    kind, _, rest = target.partition("/")
    name, dot, namespace = rest.rpartition(".")
    return (kind, namespace, name) if dot else (kind, "default", rest)


def _known(fault: Fault, known: Mapping[str, _T], problem: str, wanted: str = "") -> _T:
    wanted = wanted or fault.target
    if wanted in known:
        return known[wanted]
    near = get_close_matches(wanted, known, n=1)
    hint = (
        f"did you mean {fault.kind}={near[0]}"
        if near
        else "known are " + (", ".join(sorted(known)[:8]) or "none")
    )
    raise UsageError(f"fault {fault.kind}={fault.target}: {problem} {wanted}", hint=hint)
