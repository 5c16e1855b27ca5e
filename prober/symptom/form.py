"""A format: how one emitter writes that a connection failed, as data.

Patterns are written with placeholders, so that what a host or a target may look like has one home.
Every repetition is possessive (nothing is tried again) or short: so the time for a line grows with
its length and no faster. A test holds every pattern of the table to that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from prober.symptom.endpoints import (
    Endpoint,
    address_of,
    endpoint,
    is_source_line,
    name_of,
    port_of,
    url_at,
)
from prober.symptom.model import Direction, Failure
from prober.symptom.reading import Reading
from prober.symptom.words import ERRNO, first_word

PLACEHOLDERS = {
    "«target»": r"(?P<target>[^\s\"'`,;(){}|]{1,300}+)",
    "«host»": (
        r"(?P<host>(?:[0-9A-Fa-f]{0,4}+:){2,7}+[0-9A-Fa-f.]{0,15}+(?:%\w{1,16}+)?+|"
        r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}+))"
    ),
    "«address»": r"(?P<address>\[?(?:[0-9A-Fa-f:.]{2,64}+)(?:%\w{1,16}+)?\]?)",
    "«port»": r"(?P<port>\d{1,5}+)(?!\d)",
    "«url»": r"(?P<url>[^\s\"'`<>|]{3,2048}+)",
    "«server»": r"(?P<server>[^\s\"'`,;(){}|]{1,80}+)",
    "«errno»": r"(?P<errno>-?\d{1,3}+)(?!\d)",
    "«begin»": r"(?<![\w.-])",
    "«quote»": r"[\"'`‘’“”]?",
}
_LAST_ERROR = re.compile(r"\(\?P<error>\[\^[^\]]{1,8}\]\{\d,\d{1,3}\}\+\)$")
REACH = 240
"""How far behind a format's text its error word may stand, in characters."""
READINGS_AT_MOST = 16
EPHEMERAL = 32768
"""Linux' lowest ephemeral port: what has a port from here on did not listen, it dialled."""


def shape(text: str) -> re.Pattern[str]:
    """A pattern with its placeholders filled in. What says how it failed, at the end, is looked at
    and not taken: another endpoint may stand in it."""
    text = _LAST_ERROR.sub(r"(?=\g<0>)", text)
    for mark, meaning in PLACEHOLDERS.items():
        text = text.replace(mark, meaning)
    return re.compile(text, re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Format:
    """How one emitter writes it."""

    name: str
    source: str
    """Where the text is made, or documented."""
    cue: str
    """A text in lower case without which the format is not looked for."""
    pattern: re.Pattern[str]
    """Groups: target, or host, address and port, or url; server; errno; error (where the error word
    is); local."""
    failure: Failure | None = None
    """What it means where no error word is found; None: then it is no symptom."""
    said: bool = False
    """It means that, whatever words stand near."""
    protocol: str = "tcp"
    joins: bool = True
    also: tuple[str, ...] = ()
    """One of these texts in lower case stands in the line, too."""
    unless: tuple[str, ...] = ()
    """With one of these texts in lower case it is something else."""
    reach: int = REACH
    before: bool = False
    """The error word stands before the endpoint."""
    means: tuple[Failure, ...] = ()
    """All that it can mean: with another error word it is no symptom; empty: anything."""
    lookup: bool = False
    """A name is looked up here: what times out is the name server."""
    direction: Direction | None = None

    def readings(self, text: str, low: str) -> Iterator[Reading]:
        """What this format reads in `text`; `low` is the same in lower case."""
        if self.cue not in low or any(other in low for other in self.unless):
            return
        if self.also and not any(other in low for other in self.also):
            return
        matches = list(islice(self.pattern.finditer(text), READINGS_AT_MOST))
        for index, match in enumerate(matches):
            following = matches[index + 1].start() if index + 1 < len(matches) else len(text)
            reading = self._reading(text, match, following)
            if reading:
                yield reading

    def _reading(self, text: str, match: re.Match[str], following: int) -> Reading | None:
        groups = match.groupdict()
        there, server = place(groups), server_address(groups.get("server"))
        if not (there or server) or is_source_line(there) or serves(groups.get("local"), there):
            return None
        failure, end = self._failure(text, match, following)
        if failure is None:
            return None
        if self.lookup and failure is Failure.TIMEOUT:
            failure = Failure.DNS_TIMEOUT
        if self.means and failure not in self.means:
            return None
        return Reading(
            start=match.start(),
            end=max(end, match.end()),
            failure=failure,
            at=there,
            protocol=(
                groups.get("protocol") or self.protocol or ("tcp" if there.port else "")
            ).lower(),
            name_server=server,
            joins=self.joins,
            direction=self.direction,
        )

    def _failure(
        self, text: str, match: re.Match[str], following: int
    ) -> tuple[Failure | None, int]:
        """How it failed, and where that ends; `following` is where the next of its kind begins."""
        if self.said:
            return self.failure, match.end()
        groups = match.groupdict()
        number = groups.get("errno")
        if number and int(number) in ERRNO:
            return ERRNO[int(number)], match.end()
        start, end = match.start(), min(following, match.end() + self.reach)
        if self.before:
            start, end = 0, match.start()
        elif groups.get("error") is not None:
            start, end = match.start("error"), min(following, match.end("error"))
        word = first_word(text, start, end)
        return (word.failure, word.end) if word else (self.failure, match.end())


def place(groups: dict[str, str | None]) -> Endpoint:
    """The endpoint that a format's groups name."""
    url = groups.get("url")
    if url:
        mark = url.find("://")
        parsed = url_at(url, mark) if mark >= 0 else None
        return parsed.at if parsed else Endpoint()
    target = groups.get("target")
    there = endpoint(target) if target else Endpoint()
    host, address = groups.get("host") or "", groups.get("address") or ""
    literal = address_of(host.rstrip("."))
    return Endpoint(
        host=there.host or ("" if literal else name_of(host)),
        address=there.address or address_of(address.rstrip(".:")) or literal,
        port=there.port or port_of((groups.get("port") or "").replace(",", "")),
    )


def server_address(text: str | None) -> str:
    """A name server's address without its port: `198.19.0.10:53`, `198.19.0.10#53`."""
    there = endpoint((text or "").partition("#")[0])
    return there.address or there.host


def serves(local: str | None, remote: Endpoint) -> bool:
    """Whether the local end listened: then the remote one dialled, and this is no failure of
    ours."""
    port = endpoint(local.rstrip("-")).port if local else None
    if port is None or remote.port is None:
        return False
    return (port < EPHEMERAL <= remote.port) or (port < 1024 <= remote.port)
