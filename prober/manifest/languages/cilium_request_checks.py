"""What Cilium's agents ask of the layer 7 part of a rule; one that they refuse takes its whole
policy with it (source: pkg/policy/api, rule_validation.go and http.go)."""

from __future__ import annotations

from prober.manifest.languages.part_checks import refuse
from prober.manifest.reading.cursor import Cursor

_KINDS = ("http", "dns", "kafka", "l7proto")
_MISMATCHES = ("LOG", "ADD", "DELETE", "REPLACE")


def check_requests(item: Cursor, section: str) -> None:
    """Note every mistake in the `rules` of an item of `toPorts`."""
    rules = item.field("rules")
    said = [kind for kind in _KINDS if rules.field(kind).value]
    if not said:
        return
    if section.endswith("Deny"):
        rules.wrong("denials are about connections, not about requests", "remove it")
    if len(said) > 1:
        refuse(rules.field(said[1]), f"may not stand beside {said[0]}", "keep one of them")
    if section == "ingress" and "dns" in said:
        refuse(rules.field("dns"), "is for egress only", "write it under egress")
    _check_ports(item, said[0])
    for request in rules.field("http").items():
        _check_headers(request)


def _check_ports(item: Cursor, kind: str) -> None:
    ports = list(item.field("ports").items())
    if not ports:
        refuse(item, f"{kind} rules need ports", "list them")
    for port in ports:
        protocol = port.field("protocol")
        if port.field("port").value == "0":
            refuse(port.field("port"), f"{kind} rules need a port other than 0", "write it")
        if kind != "dns" and protocol.value != "TCP":
            written = protocol.value or "any, as where it is left out"
            what = f"{kind} rules are for the protocol TCP, not for {written}"
            refuse(port if protocol.absent else protocol, what, "write protocol: TCP")


def _check_headers(request: Cursor) -> None:
    for header in request.field("headerMatches").items():
        if isinstance(header.value, dict) and not header.field("name").value:
            header.field("name").wrong("is required", "name the header")
        mismatch = header.field("mismatch")
        if not mismatch.absent:
            mismatch.choice(_MISMATCHES)
