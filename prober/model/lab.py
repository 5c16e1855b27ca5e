"""What the embedded lab is told besides the standard manifests: hosts outside, and faults to switch
on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from prober.model.errors import Location
from prober.model.testimony import Statement


class Enforcement(StrEnum):
    """How a denied packet is treated."""

    REJECT = "reject"
    """ICMP port unreachable from the node, as kube-router (K3s) does."""
    DROP = "drop"
    """Nothing at all, as Calico and Cilium do."""
    NONE = "none"
    """Policies are stored and enforced by nobody, as with plain Flannel."""


class FaultKind(StrEnum):
    """What can be broken on purpose."""

    FIREWALL = "firewall"
    """A firewall outside the cluster blocks traffic to `target` (an outside host, or empty for
    all), `port`."""
    DEAD_DNS = "dead-dns"
    """The cluster DNS servers run, are ready and answer nothing."""
    NO_ENDPOINTS = "no-endpoints"
    """The pods behind the Service `target` (`svc/NAME.NS`) are not ready, so it has no endpoint."""
    NOT_LISTENING = "not-listening"
    """Nothing listens on `port` (0: on any) of the pods of `target`."""
    LOST_IDENTITY = "lost-identity"
    """The CNI lost the identity of the pods of `target`: all their traffic is dropped, as Cilium's
    reserved:init."""
    STOPPED_AGENT = "stopped-agent"
    """The policy agent of the node `target` is stopped and its rules are gone: it enforces
    nothing."""
    UNKNOWN_PORT_NAMES = "unknown-port-names"
    """A rule whose ports are all names that the pod has not given to any port is enforced as if it
    named no port, so that it allows every port, as kube-router reads it."""
    UNKNOWN_PORT_RANGES = "unknown-port-ranges"
    """A range of ports (endPort) is enforced as if it were its first port alone, as by whoever does
    not know the field."""
    UNNAMED_DIRECTIONS = "unnamed-directions"
    """The rules of a direction that a NetworkPolicy's policyTypes leaves out are applied all the
    same, and isolate, as Cilium does it."""
    OUTSIDE_IP_BLOCKS = "outside-ip-blocks"
    """ipBlocks are compared with hosts outside only, never with pods and nodes, as Cilium does."""
    UNKNOWN_POD = "unknown-pod"
    """The policy agents of other nodes hang since before the pods of `target` came: they are ready,
    and no selector means these pods there."""
    HOST_FIREWALL = "host-firewall"
    """The firewall of the node `target` drops what comes from elsewhere for `port` of the node."""
    NO_WAY_OUT = "no-way-out"
    """New connections from pods of the node `target` to pods of other nodes are dropped; those from
    there work."""
    TUNNEL_BLOCKED = "tunnel-blocked"
    """Nothing passes between pods of the node `target` and pods of other nodes, though the nodes
    reach each other."""
    KUBE_PROXY_DOWN = "kube-proxy-down"
    """kube-proxy is down on the node `target` (empty: every node), and its rules are gone: no
    Service is translated."""
    CNI_AGENT_DOWN = "cni-agent-down"
    """The CNI's agent on the node `target` is down and nobody announces its pods any more: other
    nodes and hosts outside have no route to them."""
    CNI_NO_RIGHTS = "cni-no-rights"
    """The CNI's agents lost their rights at the API server (their ClusterRole and its binding are
    gone), so the pods of the node `target` (empty: of every node), restarted since, have no
    identity: all their traffic is dropped."""
    DNS_DOWN = "dns-down"
    """The cluster DNS servers have crashed: not ready, and nothing listens."""
    DNS_CACHE_CUT_OFF = "dns-cache-cut-off"
    """The node-local DNS cache of the node `target` (empty: of every node) does not reach cluster
    DNS."""
    PROXY_ONLY = "proxy-only"
    """A firewall outside lets nothing out but DNS and what goes to `port` of `target`, a proxy."""
    LATE_ENFORCEMENT = "late-enforcement"
    """Policies are enforced only `value` milliseconds after the first process was started in the
    lab."""
    LOW_MTU = "low-mtu"
    """The way to node `target` (`node/NAME`) or to the outside (empty) has a lower MTU of `value`
    bytes, and the ICMP errors that would say so are dropped (a black hole)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. Text form: `KIND`, `KIND=TARGET`, `KIND=TARGET:PORT`, as in
    `firewall=github.com:22`."""

    kind: FaultKind
    target: str = ""
    """An outside host's name; or a pod, workload, service or node as checks name them
    (`deploy/NAME.NS`, `pod/NAME.NS`, `svc/NAME.NS`, `node/NAME`)."""
    port: int = 0
    protocol: Literal["TCP", "UDP"] = "TCP"
    action: Literal["drop", "reject"] = "drop"
    """FIREWALL: how."""
    value: int = 0
    """LOW_MTU: the MTU in bytes (default 1280). LATE_ENFORCEMENT: milliseconds."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A port of an outside host or a node, and what it speaks."""

    port: int
    speaks: Literal["echo", "ssh", "http", "https", "tls", "udp-echo", "dns", "grpc", "grpcs"] = (
        "echo"
    )


@dataclass(frozen=True, slots=True)
class OutsideHost:
    """A host outside the cluster, which cluster DNS knows by its name."""

    name: str
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    """Empty: the lab gives it the next free ones of 203.0.113.0/24 (and of 2001:db8:ffff::/64)."""
    listeners: tuple[Listener, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeListener:
    """Something that listens on a node itself, such as the API server."""

    node: str
    listeners: tuple[Listener, ...] = ()


@dataclass(frozen=True, slots=True)
class LabSpec:
    """`apiVersion: prober.dev/v1alpha1, kind: Lab`. Everything is optional."""

    nodes: int = 2
    """How many nodes to make when the manifests have no Node."""
    ipv6: bool = False
    """Dual stack: every pod, node, Service and outside host has an IPv6 address too."""
    enforcement: Enforcement = Enforcement.REJECT
    outside: tuple[OutsideHost, ...] = ()
    node_listeners: tuple[NodeListener, ...] = ()
    node_local_dns: str = ""
    """The address of a DNS cache on every node, which pods ask instead of cluster DNS; empty: there
    is none."""
    identity_from_agent: bool = False
    """Pods have an identity only if the CNI's agent of the manifests may read them: where its
    service account is bound to no ClusterRole that exists, all traffic of pods is dropped, as
    `FaultKind.CNI_NO_RIGHTS` does it."""
    faults: tuple[Fault, ...] = ()
    statements: tuple[Statement, ...] = ()
    """What its pods say, for whoever asks why something fails."""
    origin: Location | None = None
