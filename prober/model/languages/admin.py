"""AdminNetworkPolicy and BaselineAdminNetworkPolicy (`policy.networking.k8s.io/v1alpha1`) and
ClusterNetworkPolicy (`v1alpha2`), as kubernetes-sigs/network-policy-api defines them.

Of a peer exactly one field is set. One without any was written in a newer version of the API: the
rule then fails closed.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import field

from prober.model.languages.shapes import Selector, Shape, TransportProtocol

AdminAction = Literal["Allow", "Deny", "Pass"]
BaselineAction = Literal["Allow", "Deny"]
ClusterAction = Literal["Accept", "Deny", "Pass"]
TierName = Literal["Admin", "Baseline"]


class NamespacedPods(Shape, frozen=True):
    """Pods by the labels of their namespace and their own; both must hold."""

    namespace_selector: Selector = Selector()
    pod_selector: Selector = Selector()


class Subject(Shape, frozen=True):
    """Whom a policy is about. Never pods on the host network."""

    namespaces: Selector | None = None
    pods: NamespacedPods | None = None


class Peer(Shape, frozen=True):
    """The other end of an ingress rule."""

    newer: ClassVar[bool] = True
    """Unknown fields are accepted, and make the rule fail closed."""
    namespaces: Selector | None = None
    pods: NamespacedPods | None = None

    @property
    def unknown(self) -> bool:
        """No field of it is known here."""
        return self.namespaces is None and self.pods is None


class EgressPeer(Peer, frozen=True):
    """The other end of an egress rule."""

    nodes: Selector | None = None
    networks: tuple[str, ...] | None = None
    domain_names: tuple[str, ...] | None = None

    @property
    def unknown(self) -> bool:
        """No field of it is known here."""
        others = (self.nodes, self.networks, self.domain_names)
        return Peer.unknown.fget(self) and all(given is None for given in others)  # type: ignore[attr-defined]  # a Struct's properties are plain ones


class PortNumber(Shape, frozen=True):
    port: int
    protocol: TransportProtocol = "TCP"


class PortRange(Shape, frozen=True):
    start: int
    end: int
    protocol: TransportProtocol = "TCP"


class AdminPort(Shape, frozen=True):
    """One item of `ports` (v1alpha1)."""

    port_number: PortNumber | None = None
    named_port: str | None = None
    port_range: PortRange | None = None


class AdminIngressRule(Shape, frozen=True):
    action: AdminAction
    name: str | None = None
    from_: tuple[Peer, ...] | None = field(name="from", default=None)
    ports: tuple[AdminPort, ...] | None = None


class AdminEgressRule(Shape, frozen=True):
    action: AdminAction
    name: str | None = None
    to: tuple[EgressPeer, ...] | None = None
    ports: tuple[AdminPort, ...] | None = None


class AdminSpec(Shape, frozen=True):
    """An AdminNetworkPolicy's `spec`."""

    priority: int
    subject: Subject
    ingress: tuple[AdminIngressRule, ...] | None = None
    egress: tuple[AdminEgressRule, ...] | None = None


class BaselineIngressRule(Shape, frozen=True):
    action: BaselineAction
    name: str | None = None
    from_: tuple[Peer, ...] | None = field(name="from", default=None)
    ports: tuple[AdminPort, ...] | None = None


class BaselineEgressRule(Shape, frozen=True):
    action: BaselineAction
    name: str | None = None
    to: tuple[EgressPeer, ...] | None = None
    ports: tuple[AdminPort, ...] | None = None


class BaselineSpec(Shape, frozen=True):
    """A BaselineAdminNetworkPolicy's `spec`. There is one object, called `default`."""

    subject: Subject
    ingress: tuple[BaselineIngressRule, ...] | None = None
    egress: tuple[BaselineEgressRule, ...] | None = None


class Range(Shape, frozen=True):
    start: int
    end: int


class DestinationPort(Shape, frozen=True):
    """A number, or a range."""

    number: int | None = None
    range: Range | None = None


class Transport(Shape, frozen=True):
    """What a rule says about one protocol; without a port every one of it."""

    destination_port: DestinationPort | None = None


class ClusterProtocol(Shape, frozen=True):
    """One item of `protocols` (v1alpha2). Exactly one field is set."""

    newer: ClassVar[bool] = True
    tcp: Transport | None = None
    udp: Transport | None = None
    sctp: Transport | None = None
    destination_named_port: str | None = None


class ClusterIngressRule(Shape, frozen=True):
    action: ClusterAction
    name: str | None = None
    from_: tuple[Peer, ...] | None = field(name="from", default=None)
    protocols: tuple[ClusterProtocol, ...] | None = None


class ClusterEgressRule(Shape, frozen=True):
    action: ClusterAction
    name: str | None = None
    to: tuple[EgressPeer, ...] | None = None
    protocols: tuple[ClusterProtocol, ...] | None = None


class ClusterSpec(Shape, frozen=True):
    """A ClusterNetworkPolicy's `spec`."""

    tier: TierName
    priority: int
    subject: Subject
    ingress: tuple[ClusterIngressRule, ...] | None = None
    egress: tuple[ClusterEgressRule, ...] | None = None
