"""Addresses and ipBlocks as plain integers: parsing once, then only comparisons."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from prober.model.errors import UsageError
from prober.model.objects import IPBlock

Address = tuple[int, int]
"""The IP version (4 or 6) and the address as a number."""

VERSIONS = frozenset({4, 6})
_BITS = {4: 32, 6: 128}
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(r"\.".join([_OCTET] * 4))


@lru_cache(maxsize=65536)
def parse_address(text: str) -> Address | None:
    """The address that `text` writes, or None when it is not an address. An IPv4-mapped IPv6
    address is IPv4."""
    # The library takes several times as long, for every pod of a cluster. Both read the same: four
    # decimal numbers without leading zeros.
    if octets := _IPV4.fullmatch(text):
        first, second, third, fourth = map(int, octets.groups())
        return 4, first << 24 | second << 16 | third << 8 | fourth
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return parsed.version, int(parsed)


def parse_addresses(texts: Iterable[str]) -> tuple[Address, ...]:
    """Those of `texts` that are addresses, each once."""
    return tuple(dict.fromkeys(address for text in texts if (address := parse_address(text))))


def format_address(address: Address) -> str:
    """The address as people write it."""
    version, value = address
    return str(ipaddress.IPv4Address(value) if version == 4 else ipaddress.IPv6Address(value))


@dataclass(frozen=True, slots=True)
class Range:
    """The addresses of a CIDR: `low` to `high`, both included."""

    version: int
    low: int
    high: int

    def contains(self, address: Address) -> bool:
        return address[0] == self.version and self.low <= address[1] <= self.high


@dataclass(frozen=True, slots=True)
class Block:
    """An ipBlock: a range without its exceptions."""

    cidr: Range
    excepts: tuple[Range, ...]
    source: IPBlock

    def contains(self, address: Address) -> bool:
        """Exactly what the API says of an address outside the cluster: in `cidr`, and in none of
        `except`."""
        return self.cidr.contains(address) and not any(
            excepted.contains(address) for excepted in self.excepts
        )

    @property
    def empty(self) -> bool:
        """The exceptions together swallow everything."""
        free = self.cidr.low
        for excepted in sorted(self.excepts, key=lambda excepted: excepted.low):
            if excepted.low <= free <= excepted.high:
                free = excepted.high + 1
        return free > self.cidr.high

    def exception_for(self, address: Address) -> str:
        """The exception that takes the address out, as written; empty when none does."""
        matching = (
            text
            for text, excepted in zip(self.source.excepts, self.excepts, strict=True)
            if excepted.contains(address)
        )
        return next(matching, "")


def compile_block(block: IPBlock) -> Block:
    """Raises `UsageError` for text that is not a CIDR (the API server would have rejected it)."""
    excepts = tuple(_range(text) for text in block.excepts)
    cidr = _range(block.cidr)
    return Block(
        cidr, tuple(excepted for excepted in excepts if excepted.version == cidr.version), block
    )


@lru_cache(maxsize=16384)
def _range(text: str) -> Range:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise UsageError(
            f"an ipBlock says {text!r}, which is not a CIDR", hint="as in 203.0.113.0/24"
        ) from error
    return Range(network.version, int(network.network_address), int(network.broadcast_address))


_NOBODY = tuple(
    _range(text)
    for text in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/127", "ff00::/8")
)
"""Addresses that no host outside can have: this host, loopback, multicast, reserved (RFC 6890)."""


def samples(blocks: Iterable[Block]) -> tuple[Address, ...]:
    """Addresses that stand for every address a host outside may have, as far as `blocks` can tell
    addresses apart.

    The borders of all ranges cut the address space into intervals; two addresses of one interval
    are in the same blocks, so the first of each interval is enough. Always has IPv4 and IPv6.
    """
    ranges = [cidr for block in blocks for cidr in (block.cidr, *block.excepts)] + list(_NOBODY)
    representatives: list[Address] = []
    for version in sorted(VERSIONS):
        mine = [cidr for cidr in ranges if cidr.version == version]
        borders = sorted({0} | {cidr.low for cidr in mine} | {cidr.high + 1 for cidr in mine})
        starts = ((version, border) for border in borders if border < 1 << _BITS[version])
        representatives += [
            start for start in starts if not any(cidr.contains(start) for cidr in _NOBODY)
        ]
    return tuple(representatives)
