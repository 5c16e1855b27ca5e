"""The closed set of outcomes, and the evidence an observation carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """How one probe ended. Closed: an outcome that is not here does not exist."""

    OK = "ok"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    REJECTED = "rejected"
    RESET = "reset"
    UNREACHABLE = "unreachable"
    DNS_NXDOMAIN = "dns-nxdomain"
    DNS_SERVFAIL = "dns-servfail"
    DNS_TIMEOUT = "dns-timeout"
    DNS_REFUSED = "dns-refused"
    SILENT = "silent"
    ERROR = "error"

    @property
    def meaning(self) -> str:
        """One line for people; docs/scenarios.md is tested against it."""
        return MEANINGS[self]

    @property
    def is_dns(self) -> bool:
        """The name did not resolve, so nothing is known about the flow itself."""
        return self.value.startswith("dns-")

    @property
    def reached(self) -> bool:
        """The target itself answered, whatever it said: a policy let the packet through, both
        ways."""
        return self in (Outcome.OK, Outcome.REFUSED, Outcome.RESET)

    @property
    def closed(self) -> bool:
        """What a policy's denial can look like."""
        return self in (Outcome.TIMEOUT, Outcome.REJECTED, Outcome.UNREACHABLE)


MEANINGS: Mapping[Outcome, str] = {
    Outcome.OK: "the target answered as the protocol demands",
    Outcome.TIMEOUT: "nothing came back in time",
    Outcome.REFUSED: "the target's own RST, or its own port unreachable: nothing listens there",
    Outcome.REJECTED: (
        "something on the way said no: an ICMP error, or a RST that is not the target's"
    ),
    Outcome.RESET: "the connection was made and then reset",
    Outcome.UNREACHABLE: "there is no route, or no such host on the last network",
    Outcome.DNS_NXDOMAIN: "the name does not exist",
    Outcome.DNS_SERVFAIL: "the DNS server could not answer",
    Outcome.DNS_TIMEOUT: "no DNS server answered in time",
    Outcome.DNS_REFUSED: "the DNS server, or something before it, refused",
    Outcome.SILENT: "UDP: no answer, which proves nothing",
    Outcome.ERROR: "the probe itself could not run",
}


@dataclass(frozen=True, slots=True)
class IcmpEvidence:
    """An ICMP error about the probe's own packet, from the socket's error queue (IP_RECVERR) or a
    raw socket."""

    type: int
    code: int
    sender: str
    """The address that sent it. Behind a Service, NAT shows the Service's address instead."""
    mtu: int = 0
    """The next hop's MTU in bytes, in "fragmentation needed" and "packet too big"; else 0."""
    ttl: int = 0
    """The TTL (hop limit) that the error arrived with; 0 when it was not seen. NAT does not rewrite
    it: 64 means that the sender is next to the vantage, whatever its address says, and each router
    on the way takes one."""


@dataclass(frozen=True, slots=True)
class DnsEvidence:
    """What a DNS server said."""

    name: str
    """The name that was finally asked, after the search path."""
    server: str
    rcode: str
    """As in RFC 1035 and its successors: NOERROR, NXDOMAIN, …; empty when nothing answered."""
    answers: tuple[str, ...] = ()
    """Addresses, or the text form of other records."""
    truncated: bool = False
    """The UDP answer had TC set (and was asked again over TCP)."""
    transport: str = "udp"
    error: str = ""
    """Why this server gave no answer: `timeout`, `refused` (port unreachable), `unreachable`; else
    empty."""


@dataclass(frozen=True, slots=True)
class TlsEvidence:
    """What the handshake showed."""

    version: str = ""
    cipher: str = ""
    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    """Subject alternative names."""
    not_after: str = ""
    """RFC 3339, UTC."""
    days_left: float | None = None
    trusted: bool | None = None
    """The chain leads to a trusted root; None when it was not checked."""
    name_matches: bool | None = None
    alert: str = ""
    """The alert or the verification error, in the library's words."""


@dataclass(frozen=True, slots=True)
class HttpEvidence:
    status: int
    reason: str = ""
    server: str = ""
    """The Server header."""
    location: str = ""
    """The Location header of a redirect; redirects are not followed."""
    proxy: str = ""
    """The proxy that was used, only where the check asked for the environment's."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the TTL walk."""

    ttl: int
    sender: str
    """Empty when nothing answered for this TTL."""
    kind: str
    """`time-exceeded`, `connected`, `refused`, `rejected`, `unreachable` or `silent`."""
    time_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the wire said, as far as the probe could see it. Empty parts were not seen."""

    errno: str = ""
    """The symbolic errno, such as ECONNREFUSED."""
    icmp: tuple[IcmpEvidence, ...] = ()
    dns: tuple[DnsEvidence, ...] = ()
    """One item a server or transport asked, in order; the last is the one that decided."""
    tls: TlsEvidence | None = None
    http: HttpEvidence | None = None
    hops: tuple[Hop, ...] = ()
    banner: str = ""
    """The first bytes that the target sent by itself, printable, at most 80 characters."""
    local: str = ""
    """The probe's own address and port."""
    notes: tuple[str, ...] = ()
    """Remarks that later stages add, such as the control that turned `refused` into `rejected`."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. A flake is an observation whose attempts differ."""

    outcome: Outcome
    time_ms: float
    address: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """The outcome of one probe."""

    probe: str
    """The probe's id in the plan."""
    outcome: Outcome
    """Of the last attempt: see `flaky`."""
    time_ms: float = 0.0
    """Of the last attempt, from the first packet (or the name lookup) to the outcome."""
    address: str = ""
    """The address that was tried; empty when the name did not resolve."""
    phases: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds for each of `resolve`, `connect`, `tls`, `reply` that the last attempt went
    through."""
    evidence: Evidence = field(default_factory=Evidence)
    attempts: tuple[Attempt, ...] = ()
    """Every try, in order."""
    lag_ms: float = 0.0
    """How late the prober's own event loop was while this probe ran: a large figure is a starved
    prober, not a slow network."""
    detail: str = ""
    """One sentence for people, where the outcome alone does not say it."""

    @property
    def flaky(self) -> bool:
        """The attempts did not agree."""
        return len({attempt.outcome for attempt in self.attempts}) > 1

    @property
    def connected(self) -> bool:
        """A TCP connection was made, whatever came of it: what follows it was begun. The phase
        `connect` alone is there of a connection that was tried, too."""
        return "connect" in self.phases and not {"tls", "reply"}.isdisjoint(self.phases)


PHASES = ("resolve", "connect", "tls", "reply")
"""The order in which a probe goes through them."""


def ordered_phases(phases: Mapping[str, float]) -> list[tuple[str, float]]:
    """The phases in the order in which a probe goes through them, unknown ones last by name."""
    places = {name: place for place, name in enumerate(PHASES)}
    return sorted(phases.items(), key=lambda item: (places.get(item[0], len(PHASES)), item[0]))
