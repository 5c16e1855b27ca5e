"""Envoy's access log. It is the one access log that tells of the proxy's own connections: by its
response flags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prober.symptom.endpoints import Endpoint, endpoint, name_of, port_of
from prober.symptom.model import Failure
from prober.symptom.reading import Reading
from prober.symptom.words import first_word

SOURCE = (
    "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usag"
    "e#command-operators"
)
FLAGS: Mapping[str, Failure] = {"UF": Failure.UNKNOWN, "UC": Failure.CLOSED, "UT": Failure.TIMEOUT}
"""Upstream connection failure, termination, and request timeout. The others are about the client or
the routes."""

_FLAGS = re.compile(r"(?:\" |\b)\d{1,3}+ (?P<flags>[A-Z]{2,5}+(?:,[A-Z]{2,5}+){0,6}+) ", re.ASCII)
_CLUSTER = re.compile(
    r"outbound\|(?P<port>\d{1,5}+)\|[^|\s\"]{0,100}+\|(?P<host>[A-Za-z0-9_.-]{1,253}+)", re.ASCII
)
_QUOTED = re.compile(
    r"\"(?P<target>(?:\d{1,3}+\.){3}\d{1,3}+:\d{1,5}+|\[[0-9a-f:]{2,60}+\]:\d{1,5}+)\"", re.ASCII
)


def flagged(flags: str, text: str) -> Failure | None:
    """What response flags mean for the connection to the upstream; `text` may say how it failed."""
    meant = next((FLAGS[flag] for flag in flags.split(",") if flag in FLAGS), None)
    if meant is Failure.UNKNOWN:
        word = first_word(text)
        return word.failure if word else meant
    return meant


def upstream(cluster: str, host: str) -> Endpoint:
    """The upstream: its Service by the cluster's name, its address by the upstream host."""
    named = _CLUSTER.search(cluster)
    there = endpoint(host) if host else Endpoint()
    if not named:
        return there
    written = name_of(named["host"])
    return Endpoint(written, there.address, there.port or port_of(named["port"]))


@dataclass(frozen=True, slots=True)
class EnvoyAccess:
    """`… 503 UF,URX … "10.0.0.5:8080" outbound|8080||api.shop.svc.cluster.local …`."""

    name: str = "envoy: an access log with an upstream failure"
    source: str = SOURCE
    cue: str = '" '

    def readings(self, text: str, low: str) -> Iterator[Reading]:
        """The upstream that failed."""
        if self.cue not in low:
            return
        match = _FLAGS.search(text)
        failure = flagged(match["flags"], text[match.end() : match.end() + 400]) if match else None
        if not match or not failure:
            return
        quoted = [address["target"] for address in _QUOTED.finditer(text, match.end())]
        there = upstream(text[match.end() :], quoted[-1] if quoted else "")
        if there:
            yield Reading(match.start(), len(text), failure, there, joins=False)


def from_fields(fields: Mapping[str, str]) -> Reading | None:
    """The same, logged as JSON."""
    if not fields.get("response_flags"):
        return None
    failure = flagged(fields.get("response_flags", ""), " ".join(fields.values()))
    host = fields.get("upstream_host") or fields.get("host", "")
    there = upstream(fields.get("upstream_cluster", ""), host)
    return Reading(0, 0, failure, there, joins=False) if failure and there else None
