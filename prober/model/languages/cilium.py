"""CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and CiliumCIDRGroup (`cilium.io/v2`), as
Cilium's API types (pkg/policy/api) define them.

Absent and empty are different here: a rule without `fromEndpoints` is about everybody, one with
`fromEndpoints: []` about nobody.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from msgspec import field

from prober.model.languages.shapes import Selector, Shape

Entity = Literal[
    "all",
    "world",
    "world-ipv4",
    "world-ipv6",
    "cluster",
    "host",
    "remote-node",
    "kube-apiserver",
    "health",
    "init",
    "ingress",
    "unmanaged",
    "none",
]
CiliumProtocol = Literal["TCP", "UDP", "SCTP", "ICMP", "ICMPV6", "VRRP", "IGMP", "ANY"]


class CidrRule(Shape, frozen=True):
    """A block without its exceptions, or the blocks of a CiliumCIDRGroup."""

    cidr: str | None = None
    cidr_group_ref: str | None = None
    cidr_group_selector: Selector | None = None
    except_: tuple[str, ...] | None = field(name="except", default=None)


class PortProtocol(Shape, frozen=True):
    port: str | None = None
    """A number or the name of a port, as text; `0` is every port."""
    end_port: int | None = None
    protocol: CiliumProtocol | None = None
    """Absent: any."""


class HttpRule(Shape, frozen=True):
    """Which requests are let through. Method, path and host are regular expressions."""

    method: str | None = None
    path: str | None = None
    host: str | None = None
    headers: tuple[str, ...] | None = None
    header_matches: Any = None


class DnsRule(Shape, frozen=True):
    match_name: str | None = None
    match_pattern: str | None = None


class L7Rules(Shape, frozen=True):
    http: tuple[HttpRule, ...] | None = None
    dns: tuple[DnsRule, ...] | None = None
    kafka: Any = None
    l7proto: str | None = None
    l7: Any = None


class PortRule(Shape, frozen=True):
    """One item of `toPorts`."""

    ports: tuple[PortProtocol, ...] | None = None
    rules: L7Rules | None = None
    server_names: tuple[str, ...] | None = None
    listener: Any = None
    terminating_tls: Any = field(name="terminatingTLS", default=None)
    originating_tls: Any = field(name="originatingTLS", default=None)


class IcmpField(Shape, frozen=True):
    type: int | str
    family: Literal["IPv4", "IPv6"] | None = None
    """IPv4 when absent."""


class IcmpRule(Shape, frozen=True):
    fields: tuple[IcmpField, ...] | None = None


class ServiceName(Shape, frozen=True):
    service_name: str | None = None
    namespace: str | None = None


class ServiceSelector(Shape, frozen=True):
    selector: Selector = Selector()
    namespace: str | None = None


class ServiceRef(Shape, frozen=True):
    """One item of `toServices`."""

    k8s_service: ServiceName | None = field(name="k8sService", default=None)
    k8s_service_selector: ServiceSelector | None = field(name="k8sServiceSelector", default=None)


class FqdnSelector(Shape, frozen=True):
    match_name: str | None = None
    match_pattern: str | None = None


class Peers(NamedTuple):
    """Whom a rule of either direction names. None: the list is not there."""

    endpoints: tuple[Selector, ...] | None
    requires: tuple[Selector, ...] | None
    cidrs: tuple[str, ...] | None
    cidr_sets: tuple[CidrRule, ...] | None
    entities: tuple[Entity, ...] | None
    nodes: tuple[Selector, ...] | None
    groups: Any
    services: tuple[ServiceRef, ...] | None = None
    names: tuple[FqdnSelector, ...] | None = None

    @property
    def named(self) -> bool:
        """Whether the rule names its peers at all, an empty list included. Requirements name
        nobody."""
        return any(listed is not None for listed in self._replace(requires=None))


class IngressRule(Shape, frozen=True):
    """One item of `ingress` or `ingressDeny`."""

    from_endpoints: tuple[Selector, ...] | None = None
    from_requires: tuple[Selector, ...] | None = None
    from_cidr: tuple[str, ...] | None = field(name="fromCIDR", default=None)
    from_cidr_set: tuple[CidrRule, ...] | None = field(name="fromCIDRSet", default=None)
    from_entities: tuple[Entity, ...] | None = None
    from_nodes: tuple[Selector, ...] | None = None
    from_groups: Any = None
    to_ports: tuple[PortRule, ...] | None = None
    icmps: tuple[IcmpRule, ...] | None = None
    authentication: Any = None

    @property
    def peers(self) -> Peers:
        return Peers(
            self.from_endpoints,
            self.from_requires,
            self.from_cidr,
            self.from_cidr_set,
            self.from_entities,
            self.from_nodes,
            self.from_groups,
        )


class EgressRule(Shape, frozen=True):
    """One item of `egress` or `egressDeny`."""

    to_endpoints: tuple[Selector, ...] | None = None
    to_requires: tuple[Selector, ...] | None = None
    to_cidr: tuple[str, ...] | None = field(name="toCIDR", default=None)
    to_cidr_set: tuple[CidrRule, ...] | None = field(name="toCIDRSet", default=None)
    to_entities: tuple[Entity, ...] | None = None
    to_nodes: tuple[Selector, ...] | None = None
    to_services: tuple[ServiceRef, ...] | None = None
    to_fqdns: tuple[FqdnSelector, ...] | None = field(name="toFQDNs", default=None)
    to_groups: Any = None
    to_ports: tuple[PortRule, ...] | None = None
    icmps: tuple[IcmpRule, ...] | None = None
    authentication: Any = None

    @property
    def peers(self) -> Peers:
        return Peers(
            self.to_endpoints,
            self.to_requires,
            self.to_cidr,
            self.to_cidr_set,
            self.to_entities,
            self.to_nodes,
            self.to_groups,
            self.to_services,
            self.to_fqdns,
        )


class DefaultDeny(Shape, frozen=True):
    """Whether a policy isolates, in each direction; absent: if it has rules there."""

    ingress: bool | None = None
    egress: bool | None = None


class CiliumSpec(Shape, frozen=True):
    """One policy: `spec`, or one item of `specs`."""

    endpoint_selector: Selector | None = None
    node_selector: Selector | None = None
    ingress: tuple[IngressRule | None, ...] | None = None
    ingress_deny: tuple[IngressRule | None, ...] | None = None
    egress: tuple[EgressRule | None, ...] | None = None
    egress_deny: tuple[EgressRule | None, ...] | None = None
    enable_default_deny: DefaultDeny | None = None
    labels: Any = None
    description: str | None = None
    log: Any = None


class CidrGroupSpec(Shape, frozen=True):
    """A CiliumCIDRGroup's `spec`."""

    external_cidrs: tuple[str, ...] | None = field(name="externalCIDRs", default=None)
