"""What a Calico rule says about protocols, ports and ICMP."""

from __future__ import annotations

from collections.abc import Sequence

from prober.model.languages.calico import EntityRule, IcmpMatch, Rule
from prober.policy.deciding.rules.ports import (
    AllPorts,
    EveryPort,
    IcmpIs,
    NotPorts,
    PerhapsPort,
    Port,
    PortIs,
    SomePorts,
)
from prober.policy.languages.saying import say_port

_NUMBERS = {1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6", 132: "SCTP", 136: "UDPLite"}


def ports_of(rule: Rule, endpoint: Port | None = None) -> Port:
    """Everything that the rule says about them; all of it must hold. `endpoint` is the port of a
    Service's endpoint, where the rule means one."""
    conditions: list[Port] = [endpoint] if endpoint is not None else []
    protocol = _name(rule.protocol)
    if protocol:
        conditions.append(_protocol(protocol))
    if rule.not_protocol is not None:
        conditions.append(NotPorts(_protocol(_name(rule.not_protocol))))
    if rule.icmp is not None:
        conditions.append(_icmp(rule.icmp, protocol))
    if rule.not_icmp is not None:
        conditions.append(NotPorts(_icmp(rule.not_icmp, protocol)))
    if rule.destination is not None:
        if rule.destination.ports:
            conditions.append(_any(rule.destination.ports, protocol))
        if rule.destination.not_ports:
            conditions.append(NotPorts(_any(rule.destination.not_ports, protocol)))
    if rule.source is not None and _asks_for_some(rule.source):
        conditions.append(PerhapsPort())  # the client's port: nobody says it
    if not conditions:
        return EveryPort()
    return conditions[0] if len(conditions) == 1 else AllPorts(tuple(conditions))


def _asks_for_some(source: EntityRule) -> bool:
    """Whether the client's port counts: not where every one will do."""
    every = any(low in (0, 1) and high == 65535 for low, high in map(_numbers, source.ports or ()))
    return bool(source.not_ports) or (bool(source.ports) and not every)


def _name(protocol: int | str | None) -> str:
    """The protocol's name, in the letters of a flow; empty where none is named."""
    if protocol is None:
        return ""
    text = str(protocol)
    if text.isdigit():
        return _NUMBERS.get(int(text), text)
    known = {name.upper(): name for name in _NUMBERS.values()}
    return known.get(text.upper(), text)


def _protocol(name: str) -> Port:
    if name in ("ICMP", "ICMPv6"):
        return IcmpIs(version=4 if name == "ICMP" else 6)
    return PortIs(frozenset({name}))


def _icmp(wanted: IcmpMatch, protocol: str) -> Port:
    version = {"ICMP": 4, "ICMPv6": 6}.get(protocol, 0)
    return IcmpIs(wanted.type, wanted.code, version)


def _any(ports: Sequence[int | str], protocol: str) -> Port:
    return SomePorts(tuple(_port(port, protocol) for port in ports))


def _port(port: int | str, protocol: str) -> Port:
    """A number, a range such as `80:90`, or a name, which needs the right protocol too."""
    protocols = frozenset({protocol}) if protocol else frozenset()
    low, high = _numbers(port)
    if low is None:
        return PortIs(protocols, name=str(port))
    return PortIs(protocols, low, high) if low else PortIs(protocols, 1, high or 65535)


def _numbers(port: int | str) -> tuple[int | None, int]:
    text = str(port)
    first, colon, last = text.partition(":")
    if colon and first.isdigit() and last.isdigit():
        return int(first), int(last)
    return (int(text), int(text)) if text.isdigit() else (None, 0)


def say_ports(rule: Rule) -> list[str]:
    """The same in a person's words."""
    protocol = _name(rule.protocol)
    said: list[str] = []
    if rule.destination is not None:
        for port in rule.destination.ports or ():
            low, high = _numbers(port)
            said.append(say_port(protocol, str(port) if low is None else low, high))
        if rule.destination.not_ports:
            others = ", ".join(map(str, rule.destination.not_ports))
            said.append(f"every {protocol} port but {others}")
    if said:
        return said
    if rule.icmp is not None:
        code = "" if rule.icmp.code is None else f" code {rule.icmp.code}"
        return [f"{protocol} type {rule.icmp.type}{code}"]
    if protocol:
        return [protocol if protocol.startswith("ICMP") else f"every {protocol} port"]
    return [f"everything but {_name(rule.not_protocol)}"] if rule.not_protocol is not None else []
