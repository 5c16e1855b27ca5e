"""What can be probed: one row for each scheme that a target can be written with.

Everything that differs between protocols and is plain data stands here and nowhere else: what
policies see of it, which port may be left out, whether a TCP connection comes first. What is code
stands in one file on each side: `agent/probes/KIND.py` speaks the protocol, and
`prober/scenario/protocols/KIND.py` says how a target of it is written and read. References, options,
the schema of scenario files, what a plan may say, controls, documentation and what the lab imports
early all follow from these three.
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
    DNS = "dns"
    HTTP = "http"
    HTTPS = "https"
    ICMP = "icmp"
    TLS = "tls"
    GRPC = "grpc"
    GRPCS = "grpcs"


Transport = Literal["TCP", "UDP", "ICMP"]


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

    @property
    def connects(self) -> bool:
        """A TCP connection is made first: its failure is told apart from what comes after it."""
        return self.transport == "TCP" and self.kind is not ProbeKind.DNS


PROTOCOLS: Mapping[Scheme, ProbeProtocol] = {
    row.scheme: row
    for row in (
        ProbeProtocol(Scheme.TCP, ProbeKind.TCP),
        ProbeProtocol(Scheme.UDP, ProbeKind.UDP, "UDP"),
        ProbeProtocol(Scheme.DNS, ProbeKind.DNS, "UDP", port=53),
        ProbeProtocol(Scheme.HTTP, ProbeKind.HTTP, port=80, addressed_by="url"),
        ProbeProtocol(Scheme.HTTPS, ProbeKind.HTTP, port=443, addressed_by="url", secure=True),
        ProbeProtocol(Scheme.ICMP, ProbeKind.ICMP, "ICMP"),
        ProbeProtocol(Scheme.TLS, ProbeKind.TLS, secure=True),
        ProbeProtocol(Scheme.GRPC, ProbeKind.GRPC, addressed_by="url"),
        ProbeProtocol(Scheme.GRPCS, ProbeKind.GRPC, addressed_by="url", secure=True),
    )
}
"""The table. A new protocol is a row here, its words above, and one file on each side."""

BY_KIND: Mapping[ProbeKind, ProbeProtocol] = {row.kind: row for row in reversed(PROTOCOLS.values())}
"""The plainest row of each kind: what holds however the target was written."""


def connects(kind: ProbeKind) -> bool:
    """Does a probe of this kind begin with a TCP connection."""
    return BY_KIND[kind].connects
