"""What the API server rejects in Services and their endpoints, and in Nodes, as far as connectivity
depends on it."""

from __future__ import annotations

from prober.manifest.checks import syntax
from prober.manifest.checks.check_fields import (
    check_cidr,
    check_int_or_name,
    check_ip,
    check_labels,
    check_optional,
    check_port,
    check_protocol,
)
from prober.manifest.reading.cursor import Cursor

_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
_POLICIES = ("Cluster", "Local")
_HEADLESS = "None"


def check_service(service: Cursor) -> None:
    """A Service, all but its metadata."""
    spec = service.field("spec")
    if spec.absent:
        service.wrong("has no spec", "add `spec:` with `ports:`")
    if spec.mapping() is None:
        return
    kind = spec.field("type").choice(_TYPES) or "ClusterIP"
    check_labels(spec.field("selector"))
    for name in ("externalTrafficPolicy", "internalTrafficPolicy"):
        spec.field(name).choice(_POLICIES)
    spec.field("sessionAffinity").choice(("None", "ClientIP"))
    spec.field("publishNotReadyAddresses").boolean()
    _check_addresses(service, spec)
    _check_type(spec, kind)
    _check_ports(spec.field("ports"), required=kind != "ExternalName" and not _is_headless(spec))


def _is_headless(spec: Cursor) -> bool:
    return bool(spec.field("clusterIP").value == _HEADLESS)


def _check_addresses(service: Cursor, spec: Cursor) -> None:
    for address in (spec.field("clusterIP"), *spec.field("clusterIPs").items()):
        if address.value != _HEADLESS:
            check_ip(address)
    for address in (spec.field("loadBalancerIP"), *spec.field("externalIPs").items()):
        check_ip(address)
    for cidr in spec.field("loadBalancerSourceRanges").items():
        check_cidr(cidr)
    for ingress in service.field("status").field("loadBalancer").field("ingress").items():
        check_ip(ingress.field("ip"))


def _check_type(spec: Cursor, kind: str) -> None:
    external = kind in ("NodePort", "LoadBalancer")
    if external and _is_headless(spec):
        spec.field("clusterIP").wrong(
            f"may not be None for type {kind}", "remove it, or use type ClusterIP"
        )
    policy = spec.field("externalTrafficPolicy")
    if policy.value == "Local" and not external and not spec.field("externalIPs").value:
        policy.wrong(
            f"may not be set for type {kind}", "remove it, or use type NodePort or LoadBalancer"
        )
    name = spec.field("externalName")
    if kind == "ExternalName":
        if name.value in (None, ""):
            name.wrong("is required for type ExternalName", "write the DNS name that it stands for")
        check_optional(name, lambda text: syntax.dns_subdomain(text.removesuffix(".")))


def _check_ports(ports: Cursor, *, required: bool) -> None:
    items = list(ports.items())
    if required and not ports.value:
        ports.wrong(
            "is required",
            "list at least one port, or make the Service headless with `clusterIP: None`",
        )
    names: set[str] = set()
    numbers: set[tuple[str, int]] = set()
    for port in items:
        if port.absent:
            port.wrong("is empty", "write `port: NUMBER`, or remove the item")
        if port.mapping() is not None:
            _check_name(port, names, required=len(items) > 1)
            _check_numbers(port, numbers)


def _check_name(port: Cursor, names: set[str], *, required: bool) -> None:
    cursor = port.field("name")
    if required and cursor.value in (None, ""):
        cursor.wrong("is required where a Service has several ports", "name each of them")
    name = check_optional(cursor, syntax.dns_label)
    if name and name in names:
        cursor.wrong(f"`{name}` is the name of another port of this Service", "rename one of them")
    names.add(name)


def _check_numbers(port: Cursor, numbers: set[tuple[str, int]]) -> None:
    number, protocol = port.field("port"), port.field("protocol")
    if number.absent:
        number.wrong("is required", "write the port that clients connect to")
    declared = check_port(number)
    check_protocol(protocol)
    check_port(port.field("nodePort"), lowest=0)
    target = port.field("targetPort")
    if target.value != "":
        check_int_or_name(target, lowest=0)
    if declared is not None:
        key = (str(protocol.value or "TCP"), declared)
        if key in numbers:
            number.wrong(f"{declared}/{key[0]} is in this Service twice", "remove one of them")
        numbers.add(key)


def check_slice(endpoint_slice: Cursor) -> None:
    """An EndpointSlice, all but its metadata."""
    kind = endpoint_slice.field("addressType")
    if kind.absent:
        kind.wrong("is required", "write IPv4, IPv6 or FQDN")
    family = kind.choice(("IPv4", "IPv6", "FQDN"))
    for endpoint in endpoint_slice.field("endpoints").items():
        addresses = endpoint.field("addresses")
        if not addresses.value:
            addresses.wrong("is required", "list the endpoint's address")
        for address in addresses.items():
            check_ip(address) if family != "FQDN" else address.text()
    _check_endpoint_ports(endpoint_slice.field("ports"))


def check_endpoints(endpoints: Cursor) -> None:
    """The older Endpoints, all but their metadata."""
    for subset in endpoints.field("subsets").items():
        for group in ("addresses", "notReadyAddresses"):
            for address in subset.field(group).items():
                if address.field("ip").value in (None, ""):
                    address.field("ip").wrong("is required", "write the endpoint's address")
                check_ip(address.field("ip"))
        _check_endpoint_ports(subset.field("ports"))


def _check_endpoint_ports(ports: Cursor) -> None:
    for port in ports.items():
        check_port(port.field("port"))
        check_protocol(port.field("protocol"))


def check_node(node: Cursor) -> None:
    """A Node: its addresses."""
    for address in node.field("status").field("addresses").items():
        if address.field("type").value in ("InternalIP", "ExternalIP"):
            check_ip(address.field("address"))
