"""What Calico's policies ask for beyond types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prober.manifest.checks.check_fields import check_port
from prober.manifest.languages.part_checks import check_cidr
from prober.manifest.languages.selector_grammar import SelectorMistake, parse_selector
from prober.manifest.reading.cursor import Cursor
from prober.model.languages import LanguageKind

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


_FIXED_TIERS = {
    "default": (1_000_000, "Deny"),
    "kube-admin": (1_000, "Pass"),
    "kube-baseline": (10_000_000, "Pass"),
}
"""What Calico's API server insists on, of the tiers that it makes itself (source: the validation
rules of Tier, api/pkg/apis/projectcalico/v3/tier.go)."""


def check_calico(spec: Cursor, kind: LanguageKind) -> None:
    if kind.kind == "Tier":
        _check_fixed_tier(spec)
    for name in ("selector", "namespaceSelector", "serviceAccountSelector"):
        check_calico_selector(spec.field(name))
    for net in spec.field("nets").items() if "Set" in kind.kind else ():
        check_cidr(net, bare=True)
    for direction in ("ingress", "egress"):
        for rule in spec.field(direction).items():
            _check_calico_rule(rule)


def _check_fixed_tier(spec: Cursor) -> None:
    whole = spec.document.value
    name = (whole.get("metadata") or {}).get("name") if isinstance(whole, dict) else None
    if name not in _FIXED_TIERS or not isinstance(spec.value, dict):
        return
    order, action = _FIXED_TIERS[name]
    for key, fixed in (("order", order), ("defaultAction", action)):
        value = spec.field(key).value
        if value is not None and value != fixed:
            spec.field(key).wrong(
                f"of tier {name} it is {fixed}, and cannot be changed", "leave it"
            )


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


def missing_tiers(specs: Iterator[Cursor], tiers: set[str]) -> None:
    """Note every policy whose tier nobody made."""
    for spec in specs:
        tier = spec.field("tier")
        if isinstance(tier.value, str) and tier.value not in tiers | _BUILT_IN_TIERS:
            known = ", ".join(sorted(tiers | {"default"}))
            tier.wrong(f"there is no Tier {tier.value}", f"give its manifest too; known: {known}")
