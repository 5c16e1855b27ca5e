"""What AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy ask for beyond
types: the validations of their CRDs."""

from __future__ import annotations

import re

from prober.manifest.checks.check_fields import check_port
from prober.manifest.languages.part_checks import check_cidr, exactly_one
from prober.manifest.reading.cursor import Cursor
from prober.model.languages import LanguageKind

_DOMAIN = re.compile(
    r"(\*\.)?([a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.?"
)
_MOST_RULES = 1000
_WITHOUT_PORT_NAMES = ("networks", "nodes", "domainNames")


def check_admin(spec: Cursor, kind: LanguageKind) -> None:
    """As the CRDs' validations have it."""
    priority = spec.field("priority")
    if isinstance(priority.value, int) and not 0 <= priority.value <= _MOST_RULES:
        priority.wrong(f"{priority.value} is out of range", "0 to 1000, lower first")
    exactly_one(spec.field("subject"), "namespaces", "pods")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule in spec.field(direction).items():
            ends = rule.field(peers)
            if isinstance(rule.value, dict) and not ends.value:
                ends.wrong("must have at least one item", "for everyone write `namespaces: {}`")
            for peer in ends.items():
                _check_admin_peer(peer, rule)
                _check_port_names(peer, rule)
            for port in (*rule.field("ports").items(), *rule.field("protocols").items()):
                _check_admin_port(port)
    name = spec.document.value.get("metadata", {}).get("name") if not spec.path[:-1] else None
    if kind.kind == "BaselineAdminNetworkPolicy" and name not in (None, "default"):
        spec.wrong(f"the only BaselineAdminNetworkPolicy is called `default`, not `{name}`")


def _check_admin_peer(peer: Cursor, rule: Cursor) -> None:
    known = ("namespaces", "pods", "nodes", "networks", "domainNames")
    if isinstance(peer.value, dict) and sum(member in peer.value for member in known) > 1:
        peer.wrong("exactly one field must be set", "make them several items of the list")
    for network in peer.field("networks").items():
        check_cidr(network)
    for name in peer.field("domainNames").items():
        if isinstance(name.value, str) and not _DOMAIN.fullmatch(name.value):
            name.wrong(f"`{name.value}` is not a domain name", "as in example.com or *.example.com")
    if peer.field("domainNames").value and rule.field("action").value in ("Deny", "Pass"):
        peer.field("domainNames").wrong("domain names are for rules that accept only")


def _check_port_names(peer: Cursor, rule: Cursor) -> None:
    """Only pods give names to ports."""
    kinds = [kind for kind in _WITHOUT_PORT_NAMES if peer.field(kind).value is not None]
    for port in (*rule.field("ports").items(), *rule.field("protocols").items()):
        for name in ("namedPort", "destinationNamedPort"):
            if kinds and port.field(name).value:
                port.field(name).wrong(
                    f"{kinds[0]} have no named ports", "write a number, or make two rules of it"
                )


def _check_admin_port(port: Cursor) -> None:
    for name in ("portNumber", "tcp", "udp", "sctp"):
        end = port.field(name)
        number = end.field("port" if name == "portNumber" else "destinationPort")
        if name == "portNumber":
            check_port(number)
        else:
            if number.value is not None:
                exactly_one(number, "number", "range")
            check_port(number.field("number"))
            _check_range(number.field("range"))
    _check_range(port.field("portRange"))


def _check_range(both: Cursor) -> None:
    start, end = (check_port(both.field(name)) for name in ("start", "end"))
    if start is not None and end is not None and end < start:
        both.field("end").wrong(f"{end} must not be less than start {start}", "exchange the two")
