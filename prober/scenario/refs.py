"""Parsed references: what a source or a target says, before anything is looked up in a cluster.

`str()` of each gives the canonical text form, and parsing that gives the reference back (except for
an HTTP path with a query, whose text form cannot carry options as well).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal
from urllib.parse import quote

from prober.model.kubernetes import SHORT_KINDS, WORKLOAD_KINDS
from prober.model.objects import LabelSelector
from prober.model.protocol import PROTOCOLS, Scheme
from prober.policy.deciding import describe

Family = Literal["", "ipv4", "ipv6"]


class RefKind(StrEnum):
    """What sort of object a reference names."""

    WORKLOAD = "workload"
    POD = "pod"
    NAMED = "named"
    """A pod, or the workload of this name, as `NS/NAME` says it."""
    SELECTOR = "selector"
    NAMESPACE = "namespace"
    SERVICE = "service"
    NODE = "node"
    OUTSIDE = "outside"
    """A host outside the cluster as a vantage: one of the lab, or the machine that prober runs
    on."""


ALIASES: dict[str, tuple[RefKind, str]] = {
    **{word: (RefKind.WORKLOAD, kind) for word, kind in WORKLOAD_KINDS.items()},
    "pod": (RefKind.POD, ""),
    "po": (RefKind.POD, ""),
    "pods": (RefKind.SELECTOR, ""),
    "svc": (RefKind.SERVICE, ""),
    "service": (RefKind.SERVICE, ""),
    "node": (RefKind.NODE, ""),
    "no": (RefKind.NODE, ""),
    "ns": (RefKind.NAMESPACE, ""),
    "namespace": (RefKind.NAMESPACE, ""),
    "outside": (RefKind.OUTSIDE, ""),
    "host": (RefKind.OUTSIDE, ""),
}
"""The words before the slash, kubectl's short and long ones, and what they name (with the workload
kind)."""


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An object, or a set of pods. This is all that a source can be."""

    kind: RefKind
    name: str = ""
    """Empty for a selector and a namespace; `*` for every node."""
    namespace: str = ""
    """Empty for nodes and hosts outside."""
    workload: str = ""
    """The Kubernetes kind of a workload, as in `Deployment`; else empty."""
    selector: LabelSelector | None = None
    """Of a selector; else None."""

    def __str__(self) -> str:
        if self.kind is RefKind.NAMESPACE:
            return f"ns/{self.namespace}"
        if self.kind is RefKind.NAMED:
            return f"{self.namespace}/{self.name}"
        suffix = f".{self.namespace}" if self.namespace else ""
        if self.kind is RefKind.SELECTOR:
            return f"pods/{describe(self.selector or LabelSelector())}{suffix}"
        words = {RefKind.WORKLOAD: SHORT_KINDS.get(self.workload, ""), RefKind.SERVICE: "svc"}
        word = words.get(self.kind, self.kind.value)
        return f"{word}/{self.name}{suffix}"


SourceRef = ObjectRef
"""Where a check starts."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where packets go: an object or a host, and a port. All empty: the name servers that the
    vantage itself uses."""

    object: ObjectRef | None = None
    host: str = ""
    """A DNS name or an address (IPv6 without brackets), in lower case; empty when an object is
    meant."""
    port: int | str | None = None
    """A number, or the name of a port of the Service or the pods. None for ICMP."""

    def __str__(self) -> str:
        host = (
            str(self.object) if self.object else f"[{self.host}]" if ":" in self.host else self.host
        )
        return host if self.port is None else f"{host}:{self.port}"


DEFAULT_PORTS = {
    scheme: protocol.port for scheme, protocol in PROTOCOLS.items() if protocol.port is not None
}
"""The schemes whose port may be left out."""


@dataclass(frozen=True, slots=True)
class TargetRef:
    """Where a check goes and what is said there. Fields that the scheme does not use keep their
    defaults."""

    scheme: Scheme
    place: Place = field(default_factory=Place)
    """For DNS, the server that is asked."""
    name: str = ""
    """DNS: the name asked for."""
    path: str = ""
    """HTTP: path and query, from the slash on; empty is `/`."""
    status: tuple[int, ...] = ()
    """HTTP: the codes that count as ok; empty: any answer."""
    method: str = "GET"
    """HTTP."""
    verify: bool = True
    """HTTPS and TLS: an untrusted or mismatched certificate is an error."""
    sni: str = ""
    """TLS: the name to ask for; empty: the host's own."""
    payload: str = ""
    """UDP: the text to send; empty: the agent's own."""
    size: int = 0
    """ICMP: bytes of payload, with don't-fragment; 0: the agent's own."""
    record: str = "A"
    """DNS: the record type."""
    transport: Literal["udp", "tcp"] = "udp"
    """DNS."""
    family: Family = ""
    """Which of several addresses to use; empty: IPv4 first."""

    def __str__(self) -> str:
        text = f"{self.scheme}://"
        if self.name:
            text += self.name + (f"@{self._short_place()}" if self.place != Place() else "")
        else:
            text += self._short_place() + self.path
        options = "&".join(f"{key}={quote(value, safe=',')}" for key, value in self._options())
        return text + ("?" + options if options else "")

    def _short_place(self) -> str:
        if self.place.port == DEFAULT_PORTS.get(self.scheme):
            return str(Place(self.place.object, self.place.host))
        return str(self.place)

    def _options(self) -> list[tuple[str, str]]:
        """Those that differ from their defaults, in a fixed order."""
        default = TargetRef(self.scheme)
        options = {
            "type": (self.record, default.record),
            "transport": (self.transport, default.transport),
            "status": (",".join(map(str, self.status)), ""),
            "method": (self.method, default.method),
            "verify": ("yes" if self.verify else "no", "yes"),
            "sni": (self.sni, ""),
            "payload": (self.payload, ""),
            "size": (str(self.size), "0"),
            "family": (self.family, ""),
        }
        return [(key, value) for key, (value, usual) in options.items() if value != usual]
