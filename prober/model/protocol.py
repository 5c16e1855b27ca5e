"""What can be probed: one row for each scheme that a target can be written with.

Everything that differs between protocols and is plain data stands here and nowhere else: what
policies see of it, which port may be left out, whether a TCP connection comes first. What is code
stands in one file on each side: `agent/probes/KIND.py` speaks the protocol, and
`prober/scenario/protocols/KIND.py` says how a target of it is written and read. References,
options, the schema of scenario files, what a plan may say, controls, documentation and what the lab
imports early all follow from these three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class ProbeKind(StrEnum):
    """What a probe speaks. `agent.probes.TABLE` has one function for each."""

    TCP = "tcp"
    UDP = "udp"
    DNS = "dns"
    ICMP = "icmp"
    HTTP = "http"
    TLS = "tls"
    GRPC = "grpc"


class Scheme(StrEnum):
    """How a target says what is spoken: the word before `://`."""

    TCP = "tcp"
    UDP = "udp"
    SCTP = "sctp"
    """Predicted only: nothing here speaks it."""
    DNS = "dns"
    HTTP = "http"
    HTTPS = "https"
    ICMP = "icmp"
    TLS = "tls"
    GRPC = "grpc"
    GRPCS = "grpcs"


Transport = Literal["TCP", "UDP", "SCTP", "ICMP"]


@dataclass(frozen=True, slots=True)
class ProbeProtocol:
    """One scheme."""

    scheme: Scheme
    kind: ProbeKind
    transport: Transport = "TCP"
    """What policies see. DNS is UDP unless a check asks for TCP."""
    port: int | None = None
    """The port that may be left out; None: it must be written (or there is none, for ICMP)."""
    addressed_by: Literal["host", "url"] = "host"
    """Whether a probe names its target by host and port, or by a URL that the server sees too."""
    secure: bool = False
    """A TLS handshake comes before the first word."""
    phases: tuple[str, ...] = ("resolve", "connect", "tls", "reply")
    """What a probe of this kind goes through, in this order, as observations time it."""
    answered: str = "reply"
    """The phase without which there is no `ok`."""

    @property
    def connects(self) -> bool:
        """A TCP connection is made first: its failure is told apart from what comes after it."""
        return "connect" in self.phases

    @property
    def converses(self) -> bool:
        """More is said once the connection is there: silence after it is not a lost connection."""
        return self.connects and self.kind is not ProbeKind.TCP


_QUESTION = ("resolve", "reply")
_CONNECTION = ("resolve", "connect", "reply")
_HANDSHAKE = ("resolve", "connect", "tls")

PROTOCOLS: Mapping[Scheme, ProbeProtocol] = {
    row.scheme: row
    for row in (
        ProbeProtocol(Scheme.TCP, ProbeKind.TCP, phases=_CONNECTION, answered="connect"),
        ProbeProtocol(Scheme.UDP, ProbeKind.UDP, "UDP", phases=_QUESTION),
        # Its kind stands in for a probe that is never sent: the protocol's file says why.
        ProbeProtocol(Scheme.SCTP, ProbeKind.TCP, "SCTP", phases=_CONNECTION, answered="connect"),
        ProbeProtocol(Scheme.DNS, ProbeKind.DNS, "UDP", port=53, phases=_QUESTION),
        ProbeProtocol(Scheme.HTTP, ProbeKind.HTTP, port=80, addressed_by="url"),
        ProbeProtocol(Scheme.HTTPS, ProbeKind.HTTP, port=443, addressed_by="url", secure=True),
        ProbeProtocol(Scheme.ICMP, ProbeKind.ICMP, "ICMP", phases=_QUESTION),
        ProbeProtocol(Scheme.TLS, ProbeKind.TLS, secure=True, phases=_HANDSHAKE, answered="tls"),
        ProbeProtocol(Scheme.GRPC, ProbeKind.GRPC, addressed_by="url"),
        ProbeProtocol(Scheme.GRPCS, ProbeKind.GRPC, addressed_by="url", secure=True),
    )
}
"""The table. A new protocol is a row here, its words above, and one file on each side."""

BY_KIND: Mapping[ProbeKind, ProbeProtocol] = {
    row.kind: row for row in reversed(list(PROTOCOLS.values()))
}
"""The plainest row of each kind: what holds however the target was written."""
