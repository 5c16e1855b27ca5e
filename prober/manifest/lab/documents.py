"""`kind: Lab` documents: what the lab is told besides the standard manifests. Strict."""

from __future__ import annotations

import ipaddress
from typing import Any, cast, get_args, get_type_hints

from prober.manifest.checks import syntax
from prober.manifest.checks.check_fields import check_optional, check_port
from prober.manifest.lab import statements
from prober.manifest.lab.faults import decode_fault, parse_fault
from prober.manifest.reading.cursor import Cursor
from prober.model.lab import Enforcement, LabSpec, Listener, NodeListener, OutsideHost

__all__ = ["decode_lab", "parse_fault"]

MOST_NODES = 100
_FIELDS = (
    "apiVersion",
    "kind",
    "metadata",
    "nodes",
    "ipv6",
    "enforcement",
    "outside",
    "nodeListeners",
    "nodeLocalDNS",
    "identityFromAgent",
    "faults",
    *statements.FIELDS,
)
_SPEAKS: tuple[str, ...] = get_args(get_type_hints(Listener)["speaks"])
_OVER_UDP = frozenset(("udp-echo", "dns"))


def decode_lab(cursor: Cursor) -> LabSpec:
    """The lab words of a document. Every mistake is noted; the result means something only when
    there is none."""
    cursor.mapping(_FIELDS)
    cursor.field("metadata").mapping(("name", "labels", "annotations"))
    default = LabSpec()
    nodes = cursor.field("nodes")
    count = nodes.integer()
    if count is not None and not 1 <= count <= MOST_NODES:
        nodes.wrong(f"{count} nodes cannot be made: must be between 1 and {MOST_NODES}")
    ipv6 = cursor.field("ipv6").boolean()
    identity_from_agent = cursor.field("identityFromAgent").boolean()
    enforcement = cursor.field("enforcement").choice([member.value for member in Enforcement])
    faults = (decode_fault(fault) for fault in cursor.field("faults").items())
    return LabSpec(
        nodes=default.nodes if count is None else count,
        ipv6=default.ipv6 if ipv6 is None else ipv6,
        enforcement=default.enforcement if enforcement is None else Enforcement(enforcement),
        outside=_outside(cursor.field("outside")),
        node_listeners=tuple(
            _node_listener(listener) for listener in cursor.field("nodeListeners").items()
        ),
        node_local_dns=""
        if cursor.field("nodeLocalDNS").absent
        else _address(cursor.field("nodeLocalDNS")),
        identity_from_agent=bool(identity_from_agent),
        faults=tuple(fault for fault in faults if fault is not None),
        statements=statements.decode_statements(cursor),
        origin=cursor.document.location(cursor.path),
    )


def node_names(count: int) -> tuple[str, ...]:
    """The names of the nodes that the lab makes when the manifests have none: n1, n2, …"""
    return tuple(f"n{number}" for number in range(1, count + 1))


def _outside(hosts: Cursor) -> tuple[OutsideHost, ...]:
    names: set[str] = set()
    return tuple(_host(host, names) for host in hosts.items())


def _host(host: Cursor, names: set[str]) -> OutsideHost:
    host.mapping(("name", "aliases", "addresses", "listeners"))
    name = host.field("name")
    if name.value in (None, ""):
        name.wrong("is required", "write the host's DNS name, as in github.com")
    return OutsideHost(
        name=_host_name(name, names),
        aliases=tuple(_host_name(alias, names) for alias in host.field("aliases").items()),
        addresses=tuple(_address(address) for address in host.field("addresses").items()),
        listeners=_listeners(host.field("listeners")),
    )


def _host_name(cursor: Cursor, names: set[str]) -> str:
    name = check_optional(cursor, syntax.dns_subdomain)
    if name and name in names:
        cursor.wrong(f"`{name}` is the name of two hosts", "rename one of them")
    names.add(name)
    return name


def _address(cursor: Cursor) -> str:
    text = cursor.text() or ""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        if text or cursor.value in (None, ""):
            cursor.wrong(
                f"`{text}` is not an IP address", "write one address, without a prefix length"
            )
        return text


def _node_listener(listener: Cursor) -> NodeListener:
    listener.mapping(("node", "listeners"))
    node = listener.field("node")
    if node.value in (None, ""):
        node.wrong("is required", "write the node's name")
    return NodeListener(
        check_optional(node, syntax.dns_subdomain), _listeners(listener.field("listeners"))
    )


def _listeners(listeners: Cursor) -> tuple[Listener, ...]:
    bound: set[tuple[int, bool]] = set()
    return tuple(
        decoded for cursor in listeners.items() if (decoded := _listener(cursor, bound)) is not None
    )


def _listener(listener: Cursor, bound: set[tuple[int, bool]]) -> Listener | None:
    if listener.mapping(("port", "speaks")) is None:
        if listener.absent:
            listener.wrong("is empty", "write `port:` and what it `speaks:`")
        return None
    port = listener.field("port")
    if port.absent:
        port.wrong("is required", "write the port to listen on")
    number = check_port(port)
    speaks = listener.field("speaks").choice(_SPEAKS) or "echo"
    if number is None:
        return None
    key = (number, speaks in _OVER_UDP)
    if key in bound:
        port.wrong(
            f"something listens on {number}/{'udp' if key[1] else 'tcp'} already",
            "remove one of them",
        )
    bound.add(key)
    return Listener(
        number, cast(Any, speaks)
    )  # one of the Literal's words, which the choice took from it
