"""Which ports and protocols a rule matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from prober.model.objects import PolicyPort
from prober.policy.deciding.rules.levels import MAYBE, NO, YES, Level
from prober.policy.deciding.rules.policy_endpoints import GOVERNED, Target


def ports_level(ports: tuple[PolicyPort, ...], target: Target, *, settled: bool = False) -> Level:
    """Does any item of a NetworkPolicy's `ports` match; no items match every port. What v1 does not
    speak of may match, unless the engine has `settled` that: then a rule without ports matches
    it."""
    if target.protocol not in GOVERNED:
        return MAYBE if not settled else NO if ports else YES
    if not ports:
        return YES
    for port in ports:
        if port_matches(port, target):
            return YES
    return NO


def port_matches(wanted: PolicyPort, target: Target) -> bool:
    """A number, a range, or a name that the destination pod gives to this port in this protocol."""
    if wanted.protocol != target.protocol:
        return False
    port = wanted.port
    if port is None:
        return True
    if isinstance(port, str):
        return port in target.names
    if wanted.end_port is not None:
        return target.port is not None and port <= target.port <= wanted.end_port
    return port == target.port


class Port(Protocol):
    """The part of a rule that is about protocols and ports."""

    def level(self, target: Target) -> Level:
        """Does it match this port."""


@dataclass(frozen=True, slots=True)
class EveryPort:
    """Every port of every protocol, ICMP included."""

    def level(self, target: Target) -> Level:
        return YES


@dataclass(frozen=True, slots=True)
class NoPort:
    """Nothing: a list of ports that is there and empty."""

    def level(self, target: Target) -> Level:
        return NO


@dataclass(frozen=True, slots=True)
class PortIs:
    """A protocol, and of it a number, a range, a name, or every port."""

    protocols: frozenset[str] = frozenset()
    """Empty: any protocol that has ports."""
    low: int = 0
    """0: every port, where there is no name either."""
    high: int = 0
    """0: `low` alone."""
    name: str = ""

    def level(self, target: Target) -> Level:
        if self.protocols and target.protocol not in self.protocols:
            return NO
        if self.name:
            return YES if self.name in target.names else NO
        if not self.low:
            return YES if self.protocols or target.governed else NO
        port = target.port
        return YES if port is not None and self.low <= port <= (self.high or self.low) else NO


@dataclass(frozen=True, slots=True)
class IcmpIs:
    """ICMP of a type (and code), or of every type where there is none. Flows mean echo requests:
    type 8, and 128 for ICMPv6 (RFC 792, RFC 4443)."""

    type: int | None = None
    code: int | None = None
    version: int = 0
    """4, 6, or 0 for both."""

    def level(self, target: Target) -> Level:
        if target.protocol != "ICMP":
            return NO
        if self.type is None:
            return YES if not self.version else self._of_version(target)
        echoes = {4: 8, 6: 128}
        versions = {
            version
            for version, echo in echoes.items()
            if echo == self.type and self.version in (0, version)
        }
        if not versions or (self.code or 0) != 0:
            return NO
        return self._spoken(versions, target)

    def _of_version(self, target: Target) -> Level:
        return self._spoken({self.version}, target)

    @staticmethod
    def _spoken(versions: set[int], target: Target) -> Level:
        if not target.versions:
            return YES if 4 in versions else MAYBE
        return (YES if target.versions <= versions else MAYBE) if target.versions & versions else NO


@dataclass(frozen=True, slots=True)
class SomePorts:
    """At least one of several."""

    ports: tuple[Port, ...]

    def level(self, target: Target) -> Level:
        return max([port.level(target) for port in self.ports], default=NO)


@dataclass(frozen=True, slots=True)
class AllPorts:
    """Every one of several conditions."""

    ports: tuple[Port, ...]

    def level(self, target: Target) -> Level:
        return min([port.level(target) for port in self.ports], default=YES)


@dataclass(frozen=True, slots=True)
class NotPorts:
    """What the condition does not match."""

    port: Port

    def level(self, target: Target) -> Level:
        return YES - self.port.level(target)


@dataclass(frozen=True, slots=True)
class AtMostPerhaps:
    """A condition that versions of an engine read differently."""

    port: Port

    def level(self, target: Target) -> Level:
        return min(MAYBE, self.port.level(target))


@dataclass(frozen=True, slots=True)
class PerhapsPort:
    """A condition that hangs on something that nobody said, such as the client's port."""

    def level(self, target: Target) -> Level:
        return MAYBE
