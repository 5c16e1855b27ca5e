"""From what formats read at several places of a line to symptoms: names joined with addresses, the
same said once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from prober.symptom.endpoints import Endpoint, is_loopback, name_of, urls
from prober.symptom.keyed import from_keys
from prober.symptom.mentions import mentions
from prober.symptom.model import Direction, Failure, Symptom
from prober.symptom.reading import Reading
from prober.symptom.words import places

_SCP = re.compile(r"(?<![\w.-])git@(?P<host>[A-Za-z0-9_.-]{1,253}+):(?!\d)(?!/)", re.ASCII)
"""git's short form of an ssh URL: git-clone(1), GIT URLS."""
_HOST_IS = re.compile(
    r"\bhost=(?P<host>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}+))(?=[ ,`'\")]|$)", re.ASCII
)
"""libpq's connection string, as pgx quotes it."""

DIALLERS: Mapping[Direction, tuple[str, ...]] = {
    Direction.PROBE: (
        "readiness probe failed", "liveness probe failed", "startup probe failed",
        "readiness probe errored", "liveness probe errored", "startup probe errored",
        "probe failed\"", "probetype=", "mountvolume.", "failed to pull image",
        "failed to pull and unpack image", "failed to create pod sandbox",
        "failed to setup network for sandbox", "poststarthook failed",
    ),
    Direction.WEBHOOK: (
        "failed calling webhook", "failed to call webhook", "conversion webhook for",
        "failing or missing response from", "error dialing backend",
        "error trying to reach service", "/containerlogs/", "failed calling authorization webhook",
        "failed to make webhook authorizer request",
        "failed to make webhook authenticator request",
    ),
}  # fmt: skip
"""By what a line says before an address, who dialled it, where that is not the writer.

Sources: pkg/kubelet/prober and events of the kubelet; staging/src/k8s.io/apiserver (webhook,
proxy), kube-aggregator."""


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    at: Endpoint


_KUBELETS = (
    "dial ", "get ", "head ", "read ", "write ", "lookup ", "failed to connect service",
    "timeout: failed to connect service",
)  # fmt: skip
"""How a reading begins that is the kubelet's own; what a probe that runs a command in the container
prints is the container's."""


def direction(low: str, reading: Reading) -> Direction:
    """Who dialled what was read."""
    # A probe of the kubelet to 127.0.0.1 runs inside the container (exec), so it is the
    # container's own connection.
    if is_loopback(reading.at.address):
        return Direction.CLIENT
    # The writer of an event is not always who dialled. "Readiness probe failed: dial tcp ..." is
    # an event about the pod, and the kubelet on its node made the connection; probing from the pod
    # would test another path.
    for dialler, phrases in DIALLERS.items():
        for phrase in phrases:
            at = next(places(low, phrase), -1)
            if at < 0 or (at > reading.start and not phrase.startswith("/")):
                continue
            if "probe" not in phrase or low.startswith(_KUBELETS, reading.start):
                return dialler
    return Direction.CLIENT


def joined(
    text: str, low: str, readings: Sequence[Reading], fields: Mapping[str, str]
) -> tuple[Symptom, ...]:
    """The symptoms of a line."""
    ordered = sorted(readings, key=lambda reading: reading.start)
    # The same place said twice, as of several attempts, is one place.
    alone = len({(reading.at.address, reading.at.port) for reading in ordered}) == 1
    names = _names(text) if any(reading.joins for reading in ordered) else ()
    complete = [
        _complete(reading, names, ordered[index - 1].end if index else 0, fields, alone=alone)
        if reading.joins
        else reading
        for index, reading in enumerate(ordered)
    ]
    return folded(reading.symptom(direction(low, reading)) for reading in complete)


def _names(text: str) -> tuple[_Name, ...]:
    """Names with their ports; a port is missing where the text names none."""
    names = [_Name(url.start, url.at) for url in urls(text) if url.at.host]
    names += [
        _Name(mention.start, mention.at)
        for mention in mentions(text)
        if mention.at.host and not mention.at.address
    ]
    names += [
        _Name(match.start(), Endpoint(name_of(match["host"]), "", 22))
        for match in _SCP.finditer(text)
    ]
    names += [
        _Name(match.start(), Endpoint(name_of(match["host"]))) for match in _HOST_IS.finditer(text)
    ]
    return tuple(sorted((name for name in names if name.at.host), key=lambda name: name.start))


def _complete(
    reading: Reading,
    names: tuple[_Name, ...],
    since: int,
    fields: Mapping[str, str],
    *,
    alone: bool,
) -> Reading:
    there = reading.at
    if there.host and there.port:
        return reading
    if there.host:
        port = next(
            (name.at.port for name in names if _same(name.at.host, there.host) and name.at.port),
            None,
        )
        if port is None:
            kept = from_keys(fields)
            port = kept.port if kept.host and _same(kept.host, there.host) else None
        return replace(
            reading,
            at=replace(there, port=port),
            protocol=reading.protocol or ("tcp" if port else ""),
        )
    if not there.address or there.port is None:
        return reading
    # Go and Java print the address that they dialled, and the name that was configured elsewhere
    # in the line. Joined, the check starts with DNS like the program did, which matters when the
    # name has moved on.
    fitting = [name for name in names if name.at.port in (there.port, None)]
    # A name that stands between the previous reading and this one belongs to this one. With a
    # single reading in the line, one that comes later fits as well.
    before = [name for name in fitting if since <= name.start <= reading.start]
    chosen = before[-1] if before else (fitting[0] if fitting and alone else None)
    host = chosen.at.host if chosen else ""
    if not host:
        kept = from_keys(fields)
        host = kept.host if kept.port == there.port else ""
    return replace(reading, at=replace(there, host=host))


def _same(written: str, asked: str) -> bool:
    """Whether a name that was looked up is one that was written, perhaps with the search path
    behind it."""
    name, other = written.lower(), asked.lower()
    return name == other or other.startswith(f"{name}.")


def folded(symptoms: Iterable[Symptom]) -> tuple[Symptom, ...]:
    """The same said once, with the most that is known of it."""
    kept: list[Symptom] = []
    for symptom in symptoms:
        for index, other in enumerate(kept):
            merged = merge(other, symptom)
            if merged:
                kept[index] = merged
                break
        else:
            kept.append(symptom)
    return tuple(kept)


def merge(first: Symptom, other: Symptom) -> Symptom | None:
    """One symptom of two that tell of the same connection; None where they differ."""
    # One failure is often wrapped several times, "context deadline exceeded" around "connection
    # refused". What is closer to the wire is more precise, and they must not become two
    # complaints.
    outcomes = {first.outcome, other.outcome} - {Failure.UNKNOWN}
    if len(outcomes) > 1:
        outcomes -= {Failure.TIMEOUT}  # who gave up in the end says so around the reason
    if len(outcomes) > 1 or first.direction is not other.direction:
        return None
    pairs = (
        (first.host, other.host), (first.address, other.address), (first.port, other.port),
        (first.protocol, other.protocol), (first.name_server, other.name_server),
    )  # fmt: skip
    # A field that only one of the two has is no contradiction, it completes the other.
    if any(first and second and first != second for first, second in pairs):
        return None
    same_place = (first.host and first.host == other.host) or (
        first.address and first.address == other.address
    )
    if not same_place and not (first.port and first.port == other.port):
        return None
    return replace(
        first,
        outcome=next(iter(outcomes), Failure.UNKNOWN),
        host=first.host or other.host,
        address=first.address or other.address,
        port=first.port or other.port,
        protocol=first.protocol or other.protocol,
        name_server=first.name_server or other.name_server,
    )
