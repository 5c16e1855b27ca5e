"""From what was kept of a packet to what is said of it."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from agent.dropping.program import ADDRESS, RECORD
from agent.dropping.wire import Drop

SYMBOLS = Path("/proc/kallsyms")
_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 132: "sctp"}
_WITH_PORTS = (6, 17, 132)
_PREFIX = "SKB_DROP_REASON_"


@dataclass(frozen=True, slots=True)
class Naming:
    """How what the kernel says is called."""

    reasons: Mapping[int, str]
    places: tuple[tuple[int, str], ...]
    """Functions by where they begin, in order."""
    own_network: int

    def drop(self, record: bytes) -> Drop | None:
        """None: it is no packet that has a source and a destination."""
        header, place, reason, network = RECORD.unpack(record)
        parts = _flow(header)
        if parts is None:
            return None
        source, destination, protocol, ports = parts
        return Drop(
            source=source,
            destination=destination,
            protocol=protocol,
            source_port=ports[0],
            port=ports[1],
            reason=self.reasons.get(reason, "").removeprefix(_PREFIX),
            place=self._function(place),
            here=network == self.own_network,
        )

    def _function(self, place: int) -> str:
        at = bisect.bisect_right(self.places, (place, "\uffff")) - 1
        return self.places[at][1] if at >= 0 else ""


def as_key(address: str) -> bytes:
    """An address as the program compares it. Raises `ValueError`."""
    return ip_address(address).packed.ljust(ADDRESS, b"\0")


def functions(file: Path = SYMBOLS) -> tuple[tuple[int, str], ...]:
    """The kernel's functions; empty where their addresses are not shown (kptr_restrict)."""
    symbols: list[tuple[int, str]] = []
    try:
        with file.open("rb") as stream:
            for line in stream:
                address, kind, name = line.split(None, 2)
                if kind in b"tTwW":
                    symbols.append((int(address, 16), name.split()[0].decode("ascii", "replace")))
    except (OSError, ValueError):
        return ()
    return tuple(sorted(symbols)) if any(address for address, _ in symbols) else ()


def _flow(header: bytes) -> tuple[str, str, str, tuple[int, int]] | None:
    version = header[0] >> 4
    if version == 4:
        number, ends, begin = header[9], (header[12:16], header[16:20]), (header[0] & 15) * 4
        if int.from_bytes(header[6:8]) & 0x1FFF:
            begin = len(header)  # a later fragment has no ports
    elif version == 6:
        number, ends, begin = header[6], (header[8:24], header[24:40]), 40
    else:
        return None
    ports = (0, 0)
    if number in _WITH_PORTS and begin + 4 <= len(header):
        ports = (
            int.from_bytes(header[begin : begin + 2]),
            int.from_bytes(header[begin + 2 : begin + 4]),
        )
    source, destination = (str(ip_address(end)) for end in ends)
    return source, destination, _PROTOCOLS.get(number, str(number)), ports
