"""What the keeper builds: namespaces, wires, addresses, routes, rules and listeners, with nothing
left to decide.

Plain data that travels as JSON, so that everything that thinks can be tested without a namespace,
and what runs with privileges only obeys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Address:
    interface: str
    address: str
    prefix: int


@dataclass(frozen=True, slots=True)
class Route:
    destination: str
    """A network in CIDR form; `0.0.0.0/0` and `::/0` for the default route."""
    interface: str = ""
    """Empty only where `kind` needs none."""
    gateway: str = ""
    source: str = ""
    """The address to use as source by this route: also of the ICMP errors that go back along it."""
    kind: Literal["unicast", "unreachable", "blackhole"] = "unicast"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Who has an address on a link. All are written down, so that no packet ever waits for, or is
    lost to, ARP."""

    interface: str
    address: str
    mac: str


@dataclass(frozen=True, slots=True)
class Space:
    """One network namespace."""

    name: str
    forwarding: bool = False
    bridge: str = ""
    """The name of a bridge that all links of this namespace are ports of; empty: none."""
    addresses: tuple[Address, ...] = ()
    routes: tuple[Route, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    ruleset: str = ""
    """nft text; empty: no rules."""
    policies: str = ""
    """nft text of what enforces policies, which may come later."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a wire."""

    space: str
    interface: str
    mac: str
    mtu: int = 1500
    offload: bool = True
    """False: packets leave this end in the size that the wire carries, never as larger ones to be
    cut up later."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A virtual cable."""

    left: End
    right: End


@dataclass(frozen=True, slots=True)
class ProcessSlot:
    """Where a process can be put: a namespace, and the few files of /etc that are its own there."""

    space: str
    hostname: str
    files: Mapping[str, str] = field(default_factory=dict)
    """Path → content."""


@dataclass(frozen=True, slots=True)
class PlannedListener:
    """A port on which something listens."""

    space: str
    port: int
    protocol: Literal["TCP", "UDP"]
    speaks: str
    """As `agent.serving.responder` has it; or `dns`, `dns-cache`, `dns-outside`, or `nothing` for a
    server that is dead but still bound."""
    addresses: tuple[str, ...]
    """The addresses of the namespace, so that UDP answers come from the one that was asked."""
    names: tuple[str, ...] = ()
    """What a certificate for this port is made out to."""
    exact: bool = False
    """Bound to these addresses alone, and not to whatever else the namespace has."""


@dataclass(frozen=True, slots=True)
class Record:
    """A DNS resource record."""

    name: str
    """Absolute, without the last dot."""
    type: str
    data: str
    """The text form of RFC 1035."""


@dataclass(frozen=True, slots=True)
class Zones:
    """What the two kinds of DNS server of the lab know."""

    cluster: tuple[Record, ...] = ()
    outside: tuple[Record, ...] = ()
    upstreams: tuple[str, ...] = ()
    """Where cluster DNS and the nodes' caches forward what is not the cluster's."""
    cluster_servers: tuple[str, ...] = ()
    """Where the nodes' caches forward what is the cluster's."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The whole lab."""

    ipv6: bool
    spaces: tuple[Space, ...]
    wires: tuple[Wire, ...]
    slots: Mapping[str, ProcessSlot]
    """By the id of the vantage: `pod/NS/NAME`, `node/NAME`, `outside/NAME`."""
    listeners: tuple[PlannedListener, ...]
    zones: Zones
    enforcement_delay: int = 0
    """Milliseconds from the first process on a slot until the policies are loaded; 0: they are
    there from the start."""
