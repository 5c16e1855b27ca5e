"""What Cilium's agent tells: each packet that it drops, and the policies of an endpoint. Pure.

The line is made in pkg/monitor/datapath_drop.go (DumpInfo), the packet's part of it in
pkg/monitor/dissect.go (GetConnectionSummary); the same from 1.8 to 1.18, but for what stands
between the endpoint and the identities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from prober.model.decoding import UNREADABLE

PROGRAMS = ("cilium-dbg", "cilium")
"""Its newer and its older name (since 1.15, and before)."""
LINES_AT_MOST = 20_000
POLICIES_AT_MOST = 16
_NAME = re.compile(r"k8s:io\.cilium\.k8s\.policy\.(name|namespace)=([\w.-]{1,253})")
_HEAD = re.compile(r"xx drop \((.{1,160}?)\) flow \S{1,24}+ to endpoint (\d{1,6}+),")
_TAIL = re.compile(r" identity ([^\s:]{1,120}+): (\S{2,64}+) -> (\S{2,64}+) \w{2,8}+")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A packet that it dropped."""

    reason: str
    endpoint: int
    """0: it was leaving."""
    source: str
    destination: str
    port: int
    identities: tuple[str, str]

    @property
    def direction(self) -> str:
        """An endpoint's number is there where the packet was to enter it."""
        return "ingress" if self.endpoint else "egress"

    @property
    def at(self) -> str:
        """The endpoint whose policies dropped it, as `endpoint get` takes it (pkg/endpoint/id)."""
        version = "ipv6" if ":" in self.source else "ipv4"
        return str(self.endpoint) if self.endpoint else f"{version}:{self.source}"


def dropped(output: str) -> Iterator[Dropped]:
    """Every packet that the monitor tells of."""
    for line in output.splitlines()[:LINES_AT_MOST]:
        head, tail = _HEAD.search(line[:1000]), _TAIL.search(line[:1000])
        if not head or not tail:
            continue
        identities, _, reached = tail[1].partition("->")
        (source, _), (destination, port) = _ends(tail[2]), _ends(tail[3])
        yield Dropped(head[1], int(head[2]), source, destination, port, (identities, reached))


def _ends(text: str) -> tuple[str, int]:
    address, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or (":" in address and not address.startswith("[")):
        return text, 0
    return address.strip("[]"), min(int(port), 65535)


def policies_of(output: bytes, direction: str) -> tuple[str, ...]:
    """The policies that an endpoint's rules of a direction were made of, by `endpoint get N -o
    json`: `shop/db-ingress`."""
    try:
        told = msgspec.json.decode(output)
    except UNREADABLE:
        return ()
    realized = _at(
        told[0] if isinstance(told, list) and told else told, "status", "policy", "realized"
    )
    names = [
        name
        for part in ("l4", "cidr-policy")
        for rule in _listed(_at(realized, part, direction))
        for name in _names(_listed(_at(rule, "derived-from-rules")))
    ]
    return tuple(dict.fromkeys(names))[:POLICIES_AT_MOST]


def _names(groups: Iterable[Any]) -> Iterator[str]:
    for labels in groups:
        values = {
            match[1]: match[2]
            for label in _listed(labels)
            if isinstance(label, str) and (match := _NAME.fullmatch(label))
        }
        if "name" in values:
            yield "/".join(filter(None, (values.get("namespace"), values["name"])))


def _listed(value: Any) -> list[Any]:
    return value[:200] if isinstance(value, list) else []


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
