"""What a Cilium rule says about ports, ICMP and requests."""

from __future__ import annotations

from collections.abc import Iterator

from prober.model.languages.cilium import (
    EgressRule,
    IcmpField,
    IngressRule,
    PortProtocol,
    PortRule,
)
from prober.policy.deciding.rules.ports import (
    AtMostPerhaps,
    EveryPort,
    IcmpIs,
    Port,
    PortIs,
    SomePorts,
)
from prober.policy.languages.saying import say_port

_ICMP_TYPES = {
    4: {
        "EchoReply": 0,
        "DestinationUnreachable": 3,
        "Redirect": 5,
        "Echo": 8,
        "EchoRequest": 8,
        "RouterAdvertisement": 9,
        "RouterSelection": 10,
        "TimeExceeded": 11,
        "ParameterProblem": 12,
        "Timestamp": 13,
        "TimestampReply": 14,
    },
    6: {
        "DestinationUnreachable": 1,
        "PacketTooBig": 2,
        "TimeExceeded": 3,
        "ParameterProblem": 4,
        "EchoRequest": 128,
        "EchoReply": 129,
    },
}
"""Source: the CRD's list of type names; numbers of IANA's registries of ICMP and ICMPv6
parameters."""


def ports_of(rule: IngressRule | EgressRule, disputed: frozenset[str] = frozenset()) -> Port:
    """What it matches: with `icmps` only ICMP, with ports only those, else everything, ICMP too.

    `disputed` are the names to which pods give different numbers: versions differ about what such a
    name means in an egress rule (older ones leave it out, newer ones ask each pod).
    """
    if rule.icmps:
        fields = [field for icmp in rule.icmps for field in icmp.fields or ()]
        return SomePorts(tuple(_icmp(field) for field in fields))
    if not rule.to_ports:
        return EveryPort()
    names = disputed if isinstance(rule, EgressRule) else frozenset()
    return SomePorts(
        tuple(port for port_rule in rule.to_ports for port in _ports(port_rule, names))
    )


def item_ports(item: PortRule) -> Port:
    """What an item of `toPorts` matches."""
    return SomePorts(tuple(_ports(item, frozenset())))


def _ports(port_rule: PortRule, disputed: frozenset[str]) -> Iterator[Port]:
    """Those of an item; an item without ports matches nothing (source: pkg/policy/rule.go)."""
    for port in port_rule.ports or ():
        made = _port(port)
        yield AtMostPerhaps(made) if (port.port or "").lower() in disputed else made


def _port(port: PortProtocol) -> Port:
    """An absent protocol is ANY: every protocol that has ports, and port 0 is every port of it;
    neither is ICMP."""
    protocol = port.protocol or "ANY"
    if protocol in ("ICMP", "ICMPV6"):
        return IcmpIs(version=4 if protocol == "ICMP" else 6)
    protocols: frozenset[str] = frozenset() if protocol == "ANY" else frozenset({str(protocol)})
    text = port.port or "0"
    if not text.isdigit():
        return PortIs(protocols, name=text.lower())
    if int(text) == 0:
        return PortIs(protocols)
    return PortIs(protocols, int(text), max(port.end_port or 0, int(text)))


def _icmp(field: IcmpField) -> IcmpIs:
    version = 6 if field.family == "IPv6" else 4
    if isinstance(field.type, int):
        return IcmpIs(field.type, version=version)
    number = int(field.type) if field.type.isdigit() else _ICMP_TYPES[version].get(field.type, -1)
    return IcmpIs(number, version=version)


def say_ports_of(rule: IngressRule | EgressRule) -> list[str]:
    """The same in a person's words."""
    if rule.icmps:
        return [
            f"ICMP{'v6' if field.family == 'IPv6' else ''} type {field.type}"
            for icmp in rule.icmps
            for field in icmp.fields or ()
        ]
    return [_say(port) for port_rule in rule.to_ports or () for port in port_rule.ports or ()]


def _say(port: PortProtocol) -> str:
    protocol = "" if port.protocol in (None, "ANY") else str(port.protocol)
    text = port.port or "0"
    low: int | str = int(text) if text.isdigit() else text
    return say_port(protocol, low, port.end_port or 0)
