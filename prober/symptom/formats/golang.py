"""Go: `net.OpError`, `net.DNSError` and `url.Error` as their `Error` methods print them.

Most of what runs in a cluster is written in Go, so these are also what Prometheus keeps as
lastError, what Flux, Argo CD and cert-manager write into conditions, and what the kubelet and the
API server say of probes and webhooks."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "go: pgx with the name beside the address",
        "https://github.com/jackc/pgx (pgconn/errors.go)",
        "dial error",
        shape(
            r"«begin»(?P<target>[0-9a-f.:\[\]]{4,80}+) \(«host»\): dial error: (?:timeout: )?"
            r"dial tcp (?:[^\s]{2,90}+) (?P<error>[^\n]{1,120}+)"
        ),
    ),
    Format(
        "go: a server of MongoDB's topology that was not dialled in time",
        "https://github.com/mongodb/mongo-go-driver (mongo/description, Server.String)",
        "last error: ",
        shape(
            r"addr: (?P<target>[^\s,]{3,260}+), type: [^\n]{1,80}?last error: (?:dial tcp: )?"
            r"(?P<error>(?!dial |connection\()[^\n}]{1,160}+)"
        ),
    ),
    Format(
        "go: a name was looked up",
        "https://pkg.go.dev/net#DNSError",
        "lookup ",
        shape(
            r"(?:(?:dial|proxyconnect) (?P<protocol>tcp|udp)[46]?: )?\blookup (?!address |for |of |"
            r"failed)«host»(?: on «server»|:)(?<=:) (?=\S)"
        ),
        lookup=True,
        protocol="",
    ),
    Format(
        "go: a name was looked up, and musl says EAI_AGAIN",
        "https://git.musl-libc.org/cgit/musl/tree/src/network/gai_strerror.c",
        "try again",
        shape(
            r"(?:dial (?P<protocol>tcp|udp)[46]?: )?\blookup (?!address )«host»(?: on "
            r"«server»)?:? try again"
        ),
        failure=Failure.DNS_TIMEOUT,
        said=True,
        protocol="",
    ),
    Format(
        "go: a proxy was dialled",
        "https://pkg.go.dev/net/http#Transport (dialConn wraps with proxyconnect)",
        "proxyconnect ",
        shape(r"proxyconnect tcp: dial (?P<protocol>tcp)[46]? «target»"),
        joins=False,
    ),
    Format(
        "go: dialled",
        "https://pkg.go.dev/net#OpError",
        "dial ",
        shape(
            r"\bdial (?P<protocol>tcp|udp)[46]? (?:(?:<nil>-|(?P<local>[^\s>]{2,90}+))>)?«target»"
        ),
    ),
    Format(
        "go: read or wrote",
        "https://pkg.go.dev/net#OpError",
        "->",
        shape(r"\b(?:read|write) (?P<protocol>tcp|udp)[46]? (?P<local>[^\s>]{2,90}+)>«target»"),
    ),
    Format(
        "go: an HTTP request",
        "https://pkg.go.dev/net/url#Error",
        "://",
        shape(
            r"\b(?:get|head|post|put|patch|delete|options|propfind|connect|trace) \\?\"?«url»\\?\"?"
            r"(?<=[\":])(?=(?P<error>:? (?!dial (?:tcp|udp)[46]? |dial tcp[46]?: lookup|lookup |"
            r"proxyconnect |(?:read|write) (?:tcp|udp))[^\n]{1,240}+))"
        ),
    ),
    Format(
        "go: a gRPC health check",
        "https://github.com/grpc-ecosystem/grpc-health-probe (main.go); kubelet's pkg/probe/grpc",
        "failed to connect service",
        shape(r"failed to connect service (?:at )?\\?\"?«target»"),
    ),
)
