"""What each language asks for beyond the types of its fields."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

from prober.manifest.checks import syntax
from prober.manifest.checks.check_fields import check_port, check_selector
from prober.manifest.languages.selector_grammar import SelectorMistake, parse_selector
from prober.manifest.languages.shape_checks import check_shape
from prober.manifest.reading.cursor import Cursor
from prober.model.languages import Language, LanguageKind

_TOP = ("apiVersion", "kind", "metadata", "spec", "status")
_DOMAIN = re.compile(
    r"(\*\.)?([a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.?"
)
_MOST_RULES = 1000
_BUILT_IN_TIERS = frozenset(
    (
        "default",
        "kube-admin",
        "kube-baseline",
        "adminnetworkpolicy",
        "baselineadminnetworkpolicy",
    )
)
_RANGE = re.compile(r"(\d+):(\d+)")


def check_object(cursor: Cursor, kind: LanguageKind) -> None:
    """Note every mistake of an object, all but its metadata's."""
    cursor.mapping((*_TOP, "specs") if kind.language is Language.CILIUM else _TOP)
    if kind.shape is None:
        return
    selector = _cilium_selector if kind.language is Language.CILIUM else check_selector
    specs = [cursor.field("spec"), *cursor.field("specs").items()]
    if all(spec.absent for spec in specs):
        if kind.policy:
            cursor.field("spec").wrong("is required", "write what the policy says")
        return
    for spec in specs:
        check_shape(spec, kind.shape, selector)
        if isinstance(spec.value, dict):
            _CHECKS[kind.language](spec, kind)


def _check_admin(spec: Cursor, kind: LanguageKind) -> None:
    """As the CRDs' validations have it."""
    priority = spec.field("priority")
    if isinstance(priority.value, int) and not 0 <= priority.value <= _MOST_RULES:
        priority.wrong(f"{priority.value} is out of range", "0 to 1000, lower first")
    _exactly_one(spec.field("subject"), "namespaces", "pods")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule in spec.field(direction).items():
            ends = rule.field(peers)
            if isinstance(rule.value, dict) and not ends.value:
                ends.wrong("must have at least one item", "for everyone write `namespaces: {}`")
            for peer in ends.items():
                _check_admin_peer(peer, rule)
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


def _check_admin_port(port: Cursor) -> None:
    for name in ("portNumber", "tcp", "udp", "sctp"):
        end = port.field(name)
        number = end.field("port" if name == "portNumber" else "destinationPort")
        if name == "portNumber":
            check_port(number)
        else:
            check_port(number.field("number"))
            _check_range(number.field("range"))
    _check_range(port.field("portRange"))


def _check_range(both: Cursor) -> None:
    start, end = (check_port(both.field(name)) for name in ("start", "end"))
    if start is not None and end is not None and end < start:
        both.field("end").wrong(f"{end} must not be less than start {start}", "exchange the two")


def _exactly_one(cursor: Cursor, *names: str) -> None:
    if isinstance(cursor.value, dict):
        there = [name for name in names if not cursor.field(name).absent]
        if len(there) != 1:
            cursor.wrong(f"exactly one of {' and '.join(names)} must be set")


def _check_cilium(spec: Cursor, kind: LanguageKind) -> None:
    if kind.kind == "CiliumCIDRGroup":
        for cidr in spec.field("externalCIDRs").items():
            check_cidr(cidr, bare=True)
        return
    endpoints, nodes = spec.field("endpointSelector"), spec.field("nodeSelector")
    if endpoints.absent == nodes.absent:
        spec.wrong(
            "exactly one of endpointSelector and nodeSelector must be set",
            "for every pod write `endpointSelector: {}`",
        )
    for direction in ("ingress", "egress"):
        for section in (direction, f"{direction}Deny"):
            for rule in spec.field(section).items():
                _check_cilium_rule(rule, direction)


def _check_cilium_rule(rule: Cursor, direction: str) -> None:
    way = "from" if direction == "ingress" else "to"
    for cidr in rule.field(f"{way}CIDR").items():
        check_cidr(cidr, bare=True)
    for item in rule.field(f"{way}CIDRSet").items():
        if isinstance(item.value, dict):
            _exactly_one(item, "cidr", "cidrGroupRef", "cidrGroupSelector")
        check_cidr(item.field("cidr"))
        for excepted in item.field("except").items():
            check_cidr(excepted)
    for item in rule.field("toPorts").items():
        for port in item.field("ports").items():
            _check_cilium_port(port)
    if not rule.field("icmps").absent and not rule.field("toPorts").absent:
        rule.field("icmps").wrong("may not stand beside toPorts", "make two rules of it")
    for name in rule.field("toFQDNs").items():
        if isinstance(name.value, dict):
            _exactly_one(name, "matchName", "matchPattern")


def _check_cilium_port(port: Cursor) -> None:
    number = port.field("port")
    text = number.value
    if isinstance(text, str):
        if text.isdigit():
            if int(text) > 65535:
                number.wrong(f"{text} is not a port: must be between 1 and 65535")
        elif problem := syntax.port_name(text):
            number.wrong(f"the port name `{text}` {problem}")
    elif isinstance(text, dict) or text is None:
        number.wrong("is required", 'write a number or a name in quotes; "0" is every port')
    end = check_port(port.field("endPort"), lowest=0)
    if end and isinstance(text, str) and text.isdigit() and end < int(text):
        port.field("endPort").wrong(f"{end} must not be less than port {text}", "exchange the two")


def _cilium_selector(selector: Cursor) -> None:
    """A label selector whose keys may carry a source, as in `k8s:app` or `reserved:host`."""
    if selector.mapping(("matchLabels", "matchExpressions")) is None:
        return
    for label in selector.field("matchLabels").entries():
        label.text()
    for requirement in selector.field("matchExpressions").items():
        if requirement.mapping(("key", "operator", "values")) is None:
            continue
        if not requirement.field("key").text():
            requirement.field("key").wrong("is required", "name the label's key")
        operator = requirement.field("operator").choice(("In", "NotIn", "Exists", "DoesNotExist"))
        if requirement.field("operator").absent:
            requirement.field("operator").wrong("is required", "In, NotIn, Exists or DoesNotExist")
        values = [value.text() for value in requirement.field("values").items()]
        if operator in ("In", "NotIn") and not values:
            requirement.field("values").wrong(f"the operator {operator} needs values", "list them")


def _check_calico(spec: Cursor, kind: LanguageKind) -> None:
    for name in ("selector", "namespaceSelector", "serviceAccountSelector"):
        check_calico_selector(spec.field(name))
    for net in spec.field("nets").items() if "Set" in kind.kind else ():
        check_cidr(net, bare=True)
    for direction in ("ingress", "egress"):
        for rule in spec.field(direction).items():
            _check_calico_rule(rule)


def _check_calico_rule(rule: Cursor) -> None:
    for name in ("protocol", "notProtocol"):
        _check_calico_protocol(rule.field(name))
    ported = str(rule.field("protocol").value).upper() in ("TCP", "UDP", "SCTP", "6", "17", "132")
    for name in ("source", "destination"):
        end = rule.field(name)
        for text in ("selector", "notSelector", "namespaceSelector"):
            check_calico_selector(end.field(text))
        check_calico_selector(end.field("serviceAccounts").field("selector"))
        for net in (*end.field("nets").items(), *end.field("notNets").items()):
            check_cidr(net, bare=True)
        for port in (*end.field("ports").items(), *end.field("notPorts").items()):
            _check_calico_port(port)
        if (end.field("ports").value or end.field("notPorts").value) and not ported:
            named = rule.field("protocol")
            named.wrong("rules with ports need the protocol TCP, UDP or SCTP", "name it")


_CALICO_PROTOCOLS = ("TCP", "UDP", "ICMP", "ICMPv6", "SCTP", "UDPLite")


def _check_calico_protocol(protocol: Cursor) -> None:
    value = protocol.value
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= 255:
            protocol.wrong(f"{value} is no protocol's number", "1 to 255")
    elif isinstance(value, str) and value.upper() not in map(str.upper, _CALICO_PROTOCOLS):
        protocol.wrong(f"`{value}` is not a protocol", f"one of {', '.join(_CALICO_PROTOCOLS)}")


def _check_calico_port(port: Cursor) -> None:
    text = port.value
    if isinstance(text, int) and not isinstance(text, bool):
        check_port(port, lowest=0)
    elif isinstance(text, str):
        both = _RANGE.fullmatch(text)
        if both and not int(both[1]) <= int(both[2]) <= 65535:
            port.wrong(f"`{text}` is not a range of ports", "as in `8000:8080`")
        elif not both and not re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", text):
            port.wrong(f"`{text}` is neither a port nor a range nor a name", "as in `8000:8080`")


def check_calico_selector(cursor: Cursor) -> None:
    """A text in Calico's selector language; a mistake is shown where it is."""
    text = cursor.text()
    if text is None:
        return
    try:
        parse_selector(text)
    except SelectorMistake as mistake:
        caret = f"{text}\n{' ' * mistake.position}^"
        cursor.wrong(f"is not a selector: {mistake}\n{caret}")


def check_cidr(cursor: Cursor, *, bare: bool = False) -> None:
    """A block of addresses; with `bare`, one address stands for itself."""
    text = cursor.text()
    if text is None:
        return
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        sound = False
    else:
        sound = bare or "/" in text
    if not sound:
        cursor.wrong(f"`{text}` is not a CIDR block", "write an address and a prefix length")


_CHECKS: dict[Language, Callable[[Cursor, LanguageKind], None]] = {
    Language.ADMIN: _check_admin,
    Language.CLUSTER: _check_admin,
    Language.CILIUM: _check_cilium,
    Language.CALICO: _check_calico,
}


def missing_tiers(specs: Iterator[Cursor], tiers: set[str]) -> None:
    """Note every policy whose tier nobody made."""
    for spec in specs:
        tier = spec.field("tier")
        if isinstance(tier.value, str) and tier.value not in tiers | _BUILT_IN_TIERS:
            known = ", ".join(sorted(tiers | {"default"}))
            tier.wrong(f"there is no Tier {tier.value}", f"give its manifest too; known: {known}")
