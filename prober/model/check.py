"""Endpoints, flows, vantages and checks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from prober.model.errors import Location
from prober.model.objects import Protocol, Ref
from prober.model.probe import Probe


class EndpointKind(StrEnum):
    POD = "pod"
    SERVICE = "service"
    NODE = "node"
    OUTSIDE = "host"
    """Outside the cluster: a name or an address."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One end of a flow, already resolved to an object. Workloads and selectors have become pods by
    now."""

    kind: EndpointKind
    namespace: str = ""
    name: str = ""
    """Of the object; for a host, its name or address."""
    address: str = ""
    """A particular address of it, where one is meant (a host's, one of several pod IPs); else
    empty."""
    label: str = ""
    """What a person calls it (`source-controller`, `github.com`); empty: derived from the name."""

    def __str__(self) -> str:
        if self.kind is EndpointKind.OUTSIDE:
            return self.name
        if self.kind is EndpointKind.NODE:
            return f"node/{self.name}"
        prefix = "svc/" if self.kind is EndpointKind.SERVICE else ""
        return f"{prefix}{self.namespace}/{self.name}"

    @property
    def ref(self) -> Ref | None:
        """The object, or None for a host outside."""
        kinds = {
            EndpointKind.POD: "Pod",
            EndpointKind.SERVICE: "Service",
            EndpointKind.NODE: "Node",
        }
        kind = kinds.get(self.kind)
        return Ref(kind, self.namespace, self.name) if kind else None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked over a connection on layer 7, where policies may tell requests apart."""

    method: str = "GET"
    path: str = "/"
    """With its query."""
    host: str = ""
    """As the header Host has it."""
    headers: tuple[tuple[str, str], ...] = ()
    tls: bool = False
    """Whether it is encrypted, so that nobody on the way reads it."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Flow:
    """Source → destination, protocol and port: what is predicted."""

    source: Endpoint
    destination: Endpoint
    protocol: Protocol | str = "TCP"
    """TCP, UDP or SCTP; `ICMP` for echo, which NetworkPolicy v1 does not speak of."""
    port: int | str | None = None
    """A number, or a name: of a Service's port for a Service, of a container's port for a pod. None
    for ICMP."""
    request: Request | None = None
    """What is asked, where the check is of HTTP."""

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        return f"{self.source} → {self.destination}{port}/{self.protocol.lower()}"


class VantageKind(StrEnum):
    POD = "pod"
    NODE = "node"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, order=True)
class Vantage:
    """Where a probe runs from."""

    kind: VantageKind
    namespace: str
    name: str
    """The pod's, the node's, or the outside host's name."""

    @property
    def id(self) -> str:
        """Stable and unique in a run: `pod/NS/NAME`, `node/NAME`, `outside/NAME`."""
        return "/".join(part for part in (self.kind.value, self.namespace, self.name) if part)


class Expectation(StrEnum):
    """What a check wants. `predicted` is the default: what the policies say should happen,
    happens."""

    PREDICTED = "predicted"
    OK = "ok"
    DENIED = "denied"
    """Anything that a policy's denial can look like: timeout, rejected, unreachable, and UDP
    silence with a control."""
    TIMEOUT = "timeout"
    REFUSED = "refused"
    REJECTED = "rejected"
    RESET = "reset"
    UNREACHABLE = "unreachable"
    DNS_NXDOMAIN = "dns-nxdomain"
    DNS_SERVFAIL = "dns-servfail"
    DNS_TIMEOUT = "dns-timeout"
    DNS_REFUSED = "dns-refused"


@dataclass(frozen=True, slots=True)
class Check:
    """One flow from one vantage, the probe that tests it, and what is expected. A scenario's check
    with several source pods becomes several of these."""

    id: str
    """Unique in the run, stable between runs of the same scenario on the same objects."""
    name: str
    """What a person reads: `source-controller → github.com:22/tcp`."""
    vantage: Vantage
    flow: Flow
    probe: Probe
    expected: Expectation = Expectation.PREDICTED
    group: str = ""
    """The name of the scenario's check it came from."""
    origin: Location | None = None
    skip_reason: str = ""
    """Why its probe cannot be made: an end of it has no network now. Empty: it can. Such a check is
    inconclusive, and keeps nobody from making the others."""
