"""The words of symptoms: what somebody complains about, in a closed vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Failure(StrEnum):
    """How a connection failed, as far as the one who complains could see it. Closed."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    RESET = "reset"
    UNREACHABLE = "unreachable"
    NO_SUCH_HOST = "no-such-host"
    DNS_TIMEOUT = "dns-timeout"
    DNS_SERVFAIL = "dns-servfail"
    TLS = "tls"
    CLOSED = "closed"
    UNKNOWN = "unknown"

    @property
    def meaning(self) -> str:
        """One line for people; docs/why.md is tested against it."""
        return MEANINGS[self]

    @property
    def is_dns(self) -> bool:
        """The name did not resolve, so nothing was dialled."""
        return self in (Failure.NO_SUCH_HOST, Failure.DNS_TIMEOUT, Failure.DNS_SERVFAIL)


MEANINGS = {
    Failure.REFUSED: "somebody said no: a closed port, or a rule that rejects",
    Failure.TIMEOUT: "no answer in time",
    Failure.RESET: "the connection was reset",
    Failure.UNREACHABLE: "no route, or no such host on the last network",
    Failure.NO_SUCH_HOST: "the name does not exist",
    Failure.DNS_TIMEOUT: "no name server answered, or it asked to try again",
    Failure.DNS_SERVFAIL: "the name server could not answer",
    Failure.TLS: "the connection was made, and TLS failed",
    Failure.CLOSED: "the other side closed before it answered",
    Failure.UNKNOWN: "it failed, and the line does not say how",
}


class Direction(StrEnum):
    """Who dials."""

    CLIENT = "client"
    PROBE = "probe"
    WEBHOOK = "webhook"

    @property
    def meaning(self) -> str:
        """One line for people; docs/why.md is tested against it."""
        return {
            Direction.CLIENT: "whoever wrote the line",
            Direction.PROBE: "the kubelet, from the pod's node: probes, mounts, pulled images",
            Direction.WEBHOOK: "the API server: webhooks, aggregated APIs, kubelets",
        }[self]


@dataclass(frozen=True, slots=True)
class Symptom:
    """One failed connection that a line tells of. Empty members were not said."""

    outcome: Failure
    host: str = ""
    """The name as the client wrote it, without a final dot; empty where it wrote an address."""
    address: str = ""
    """The address that was dialled, without brackets or zone."""
    port: int | None = None
    """As written, or the default of the URL's scheme."""
    protocol: str = ""
    """`tcp` or `udp`."""
    name_server: str = ""
    """The address of the name server that was asked."""
    direction: Direction = Direction.CLIENT

    @property
    def names_a_target(self) -> bool:
        """There is something in it that can be looked at: a name, an address or a name server."""
        return bool(self.host or self.address or self.name_server)
