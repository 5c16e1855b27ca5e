"""Every format, in the order in which they are tried.

What an earlier one read, a later one does not read again: so the components of a cluster, which
quote what Go says, come first, and Go comes last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from prober.symptom.formats import (
    anybody,
    brokers,
    cluster,
    compiled,
    databases,
    envoy,
    golang,
    grpc,
    haproxy,
    java,
    mail,
    names,
    node,
    operations,
    proxies,
    python,
    scripting,
    shell,
    tools,
)
from prober.symptom.reading import Reading


class Reader(Protocol):
    """A format: a pattern (`Format`) or, where one does not do, some code."""

    @property
    def name(self) -> str:
        """Whose format it is, and of what: `curl: a name`."""

    @property
    def source(self) -> str:
        """Where the text is made, or documented."""

    @property
    def cue(self) -> str:
        """A text in lower case without which it reads nothing."""

    def readings(self, text: str, low: str) -> Iterator[Reading]:
        """What it reads in `text`; `low` is the same in lower case."""


ACCESS: Reader = envoy.EnvoyAccess()
"""The one access log that tells of the writer's own connections: read before those are dropped."""

FAMILIES: Mapping[str, tuple[Reader, ...]] = {
    "the cluster's components": cluster.FORMATS,
    "Envoy": (ACCESS,),
    "nginx, Apache httpd, Fluent Bit": proxies.FORMATS,
    "HAProxy": (haproxy.HaproxyCheck(),),
    "gRPC's C core": grpc.FORMATS,
    "brokers and their clients": brokers.FORMATS,
    "databases, caches and their clients": databases.FORMATS,
    "Python": python.FORMATS,
    "Node.js": node.FORMATS,
    "Ruby and PHP": scripting.FORMATS,
    ".NET, Rust, Erlang, Elixir and Dart": compiled.FORMATS,
    "curl, wget, git": tools.FORMATS,
    "ssh, nc, ping, DNS tools": shell.FORMATS,
    "mail": mail.FORMATS,
    "storage, clustering, monitoring": operations.FORMATS,
    "the JVM": java.FORMATS,
    "anybody whose name did not resolve": names.FORMATS,
    "anybody who could not connect": anybody.FORMATS,
    "Go, and so Prometheus, Flux, Argo CD, cert-manager, Traefik": golang.FORMATS,
}
NAMES: tuple[Reader, ...] = names.FORMATS
"""What is tried where no emitter's format reads anything, before the generic form: a name server's
address stands in such lines, and is not what was dialled."""
LAST_RESORT: tuple[Reader, ...] = anybody.FORMATS
"""What is tried where neither a format nor the generic form reads anything."""
FORMATS: tuple[Reader, ...] = tuple(
    form
    for family in FAMILIES.values()
    for form in family
    if form is not ACCESS and form not in (*NAMES, *LAST_RESORT)
)
