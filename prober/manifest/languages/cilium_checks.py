"""What Cilium's policies ask for beyond types.

What Cilium's agents refuse and the API server takes is a warning (source: pkg/policy/api,
rule_validation.go): `prober.manifest` says what an API server would reject."""

from __future__ import annotations

import ipaddress

from prober.manifest.checks import syntax
from prober.manifest.checks.check_fields import check_port
from prober.manifest.languages.cilium_request_checks import check_requests
from prober.manifest.languages.part_checks import check_cidr, exactly_one, refuse
from prober.manifest.reading.cursor import Cursor
from prober.model.languages import LanguageKind


def check_cilium(spec: Cursor, kind: LanguageKind) -> None:
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
                _check_rule(rule, direction)
                if section == direction:
                    _check_one_kind_of_peers(rule, direction)
                for item in rule.field("toPorts").items():
                    check_requests(item, section)


_PEERS = {
    "ingress": (
        "fromEndpoints",
        "fromCIDR",
        "fromCIDRSet",
        "fromEntities",
        "fromNodes",
        "fromGroups",
    ),
    "egress": (
        "toEndpoints",
        "toCIDR",
        "toCIDRSet",
        "toEntities",
        "toNodes",
        "toGroups",
        "toServices",
        "toFQDNs",
    ),
}


def _check_one_kind_of_peers(rule: Cursor, direction: str) -> None:
    """Of allowances; denials are not looked at."""
    named = [peers for peers in _PEERS[direction] if rule.field(peers).value]
    if len(named) > 1:
        refuse(rule.field(named[1]), f"may not stand beside {named[0]}", "make two rules of it")


def _check_rule(rule: Cursor, direction: str) -> None:
    way = "from" if direction == "ingress" else "to"
    for cidr in rule.field(f"{way}CIDR").items():
        check_cidr(cidr, bare=True)
    for item in rule.field(f"{way}CIDRSet").items():
        if isinstance(item.value, dict):
            exactly_one(item, "cidr", "cidrGroupRef", "cidrGroupSelector")
        check_cidr(item.field("cidr"))
        for excepted in item.field("except").items():
            check_cidr(excepted)
            _check_within(excepted, item.field("cidr"))
    for item in rule.field("toPorts").items():
        for port in item.field("ports").items():
            _check_cilium_port(port)
    _note_versions(rule)
    if not rule.field("icmps").absent and not rule.field("toPorts").absent:
        rule.field("icmps").wrong("may not stand beside toPorts", "make two rules of it")
    for name in rule.field("toFQDNs").items():
        if isinstance(name.value, dict):
            exactly_one(name, "matchName", "matchPattern")


def _note_versions(rule: Cursor) -> None:
    """Note what only some versions, or some installations, do as it is predicted."""
    services = rule.field("toServices")
    if services.value and rule.field("toPorts").value:
        # Documentation of 1.16: "If a rule combines both these statements, the policy is rejected";
        # 1.17 dropped the check and the sentence.
        services.warn(
            "beside toPorts: versions before 1.17 refuse the whole policy; select the pods instead "
            "with toEndpoints"
        )
    for icmp in rule.field("icmps").items():
        for field in icmp.field("fields").items():
            if str(field.field("type").value) in ("0", "EchoReply"):
                # The type is kept where ports are, and there 0 is "every" (measured with 1.15).
                field.field("type").warn(
                    "0 is the echo reply, which needs no rule; version 1.15 takes it for every type"
                )
    mode = rule.field("authentication").field("mode")
    if mode.value not in (None, "disabled"):
        mode.warn(
            "whether the two ends can authenticate each other is not known here: what only this "
            "rule allows is undefined"
        )


def _check_within(part: Cursor, whole: Cursor) -> None:
    """An exception has to be a part of its block."""
    try:
        inner = ipaddress.ip_network(str(part.value), strict=False)
        outer = ipaddress.ip_network(str(whole.value), strict=False)
    except ValueError:
        return
    if inner.version != outer.version or inner.network_address not in outer:
        refuse(part, f"{part.value} is not in {whole.value}", "remove it")


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


def cilium_selector(selector: Cursor) -> None:
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
