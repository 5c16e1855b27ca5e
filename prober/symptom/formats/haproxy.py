"""HAProxy's health checks: it writes the server's name, not its address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prober.symptom.endpoints import Endpoint, endpoint
from prober.symptom.model import Failure
from prober.symptom.reading import Reading
from prober.symptom.words import first_word

SOURCE = "https://docs.haproxy.org/3.0/management.html (src/check.c, set_server_check_status)"
_CHECK = re.compile(
    r"server [^\s/]{1,200}+/(?P<name>[^\s/]{1,200}+) (?:is down|failed)[^\n]{0,20}?, reason: "
    r"layer(?P<layer>[467]) "
    r"(?P<reason>[^\n]{1,240}+)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class HaproxyCheck:
    """`Server be/api is DOWN, reason: Layer4 connection problem, info: "Connection refused"`."""

    name: str = "haproxy: a health check"
    source: str = SOURCE
    cue: str = "reason: layer"

    def readings(self, text: str, low: str) -> Iterator[Reading]:
        """The check that failed, unless the server answered and the answer was wrong."""
        if self.cue not in low:
            return
        for match in _CHECK.finditer(text):
            failure = _failure(match["layer"], match["reason"].lower(), text, match.start("reason"))
            if failure:
                server = endpoint(match["name"])
                known = server if server.port or server.address else Endpoint()
                yield Reading(match.start(), match.end(), failure, known, joins=False)


def _failure(layer: str, reason: str, text: str, start: int) -> Failure | None:
    if reason.startswith("timeout"):
        return Failure.TIMEOUT
    word = first_word(text, start)
    if word:
        return word.failure
    if layer == "6":
        return Failure.TLS
    return Failure.UNKNOWN if layer == "4" else None
