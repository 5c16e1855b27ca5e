"""The endpoint that the members of a structured record name."""

from __future__ import annotations

from collections.abc import Mapping

from prober.symptom.endpoints import Endpoint, endpoint, urls
from prober.symptom.envelope import PAIRED, PAIRED_ADDRESS
from prober.symptom.form import EPHEMERAL
from prober.symptom.mentions import NO_HOSTS

ENDPOINT_KEYS = (
    "broker", "target", "endpoint", "hostandport", "upstream", "upstreamaddr", "upstream_addr",
    "backend", "remote", "server", "addr", "dest", "destination", "serveraddr", "url", "uri",
    "peer", "dst", "dsn", "database_url", "connection_string",
    "serverendpoint", PAIRED, PAIRED_ADDRESS,
)  # fmt: skip


def from_keys(fields: Mapping[str, str]) -> Endpoint:
    """The endpoint that a record's members name, with its port."""
    best = Endpoint()
    for key in ENDPOINT_KEYS:
        written = fields.get(key, "")
        if not written or len(written) > 600:
            continue
        url = urls(written)
        there = url[0].at if url else endpoint(written)
        if there.port and there.port < EPHEMERAL and there.host.lower() not in NO_HOSTS:
            best = _joined(best, there)
    return best


def _joined(best: Endpoint, more: Endpoint) -> Endpoint:
    if not best:
        return more
    if best.port != more.port:
        return best
    return Endpoint(best.host or more.host, best.address or more.address, best.port)
