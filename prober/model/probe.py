"""The contract at every vantage: a plan on stdin (one line of JSON), observations on stdout (one
line each).

Wire shapes, all JSON objects in one line (field names are those of the dataclasses):

    stdin    {"version": 2, "vantage": "…", "nonce": "…", "probes": [{…}, …]}
    stdout   {"type": "observation", "nonce": "…", "observation": {…}}   each probe, as it ends
             {"type": "end", "nonce": "…", "probes": N}   the last line: else it was cut off
             {"type": "failure", "message": "…"}          the plan could not be run to its end

The nonce is the plan's own, in every line that answers it: a line without it comes from somebody
else. What counts of a stream, `prober.fabric.ledger` decides for every transport.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from prober.model.outcome import Observation
from prober.model.protocol import ProbeKind

__all__ = ["WIRE_VERSION", "Failure", "Observed", "Plan", "Probe", "ProbeKind"]

WIRE_VERSION = 2


GREETINGS: Mapping[int, str] = {
    53: "pr\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01"
}
"""What makes the service of a well-known UDP port answer: a name server keeps silent about noise,
but answers a question for the root's NS records, if only with a refusal (RFC 1035, section 4.1)."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe, as an agent needs it: everything is resolved but the names, which are resolved at
    the vantage."""

    id: str
    kind: ProbeKind
    host: str
    """A name (resolved with the vantage's own resolv.conf) or an address. For DNS: the name asked
    for."""
    port: int = 0
    """0 where the protocol has none (ICMP)."""
    timeout: float = 2.0
    """Seconds for each attempt, from the name lookup to the outcome."""
    attempts: int = 1
    """Tries until one is `ok`; every try is reported."""
    family: Literal["", "ipv4", "ipv6"] = ""
    """Which addresses of a name to use; empty takes IPv4 first, then IPv6."""
    address: str = ""
    """Connect here instead of resolving `host` (the name still goes into HTTP's Host and TLS's
    SNI)."""
    source: str = ""
    """Send from this address of the vantage's own; empty: the kernel chooses. A node has an address
    on each of its pods' links, and only its own shows that a pod's answers find their way."""
    hops: bool = False
    """Walk the TTLs after a failure, to tell where the packet was dropped (TCP only)."""
    banner: bool = False
    """TCP: wait up to 250 ms for what the server says first (SSH, SMTP) and keep it as evidence."""
    payload: str = ""
    """UDP: the text to send; empty sends `prober`."""
    size: int = 0
    """ICMP: bytes of payload, sent with don't-fragment when not 0 (for MTU); 0 sends 56."""
    server: str = ""
    """DNS: ask this server (address or name) instead of those in resolv.conf."""
    record: str = "A"
    """DNS: the record type."""
    transport: Literal["udp", "tcp"] = "udp"
    """DNS: over UDP (with TCP after truncation), or TCP only."""
    url: str = ""
    """Protocols that are addressed by a URL (HTTP, gRPC): all of it."""
    method: str = "GET"
    status: tuple[int, ...] = ()
    """HTTP: the status codes that count as ok; empty: any answer is ok (the network works), and it
    is shown."""
    verify: bool = True
    """HTTPS, TLS and gRPC over TLS: an untrusted or mismatched certificate is an error."""
    proxy_from_env: bool = False
    """HTTP: honour HTTP_PROXY and its kin."""

    @property
    def datagram(self) -> str:
        """UDP: the text that is sent, whichever port a Service may make of this one."""
        return self.payload or GREETINGS.get(self.port, "prober")


@dataclass(frozen=True, slots=True)
class Plan:
    """All probes of one vantage."""

    vantage: str
    probes: tuple[Probe, ...]
    version: int = WIRE_VERSION
    nonce: str = ""
    """A random word that every line of the answer repeats; drawn for each stream
    (`prober.fabric.ledger.sealed`)."""
    awaited: tuple[str, ...] = ()
    """Ids of probes that the policies let pass: until one of them is answered, a fresh pod's
    network is not there yet, and what its other probes say is about that."""
    rate: float = 0
    """Probes that this vantage may start in a second; 0: the agent's own limit (`agent.pacing`)."""
    target_rate: float = 0
    """The same of probes to one target."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A vantage could not run its plan at all, stopped in the middle, or broke the protocol: the
    reason, and what to do next. Nothing of that plan counts, also not what came before."""

    vantage: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation with the vantage that made it: what a fabric yields."""

    vantage: str
    observation: Observation
