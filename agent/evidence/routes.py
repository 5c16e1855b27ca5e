"""Is a host on a network of the vantage's own, or behind a gateway? Read from /proc, which needs no
privilege."""

from __future__ import annotations

import ipaddress
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_ROUTES4 = Path("/proc/net/route")
_ROUTES6 = Path("/proc/net/ipv6_route")
_GATEWAY = 0x0002
"""RTF_GATEWAY (linux/route.h)."""
_LOCAL6 = 0x80000000
"""RTF_LOCAL (linux/ipv6_route.h): the vantage's own address."""


_KEPT = 1.0
"""Seconds: a container's routes may still come while its first probes run."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the routing table."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network
    via_gateway: bool


def behind_gateway(address: str) -> bool | None:
    """True: packets to it go to a router first. False: it is a neighbour, or the vantage itself.
    None: not known."""
    try:
        wanted = ipaddress.ip_address(address.partition("%")[0])
        routes = _routes(wanted.version, int(time.monotonic() / _KEPT))
    except (OSError, ValueError):
        return None
    if wanted.is_loopback:
        return False
    # Longest prefix first, as the kernel does; metrics and policy routing (ip-rule(8)) are not
    # looked at. That is enough for what it is for: `False` and `None` only mean that no claim is
    # made about who sent a RST.
    best = max(
        (route for route in routes if wanted in route.network),
        key=lambda r: r.network.prefixlen,
        default=None,
    )
    return None if best is None else best.via_gateway


@lru_cache(maxsize=2)
def _routes(version: int, moment: int) -> tuple[Route, ...]:
    """The table, read once a moment: thousands of refusals may ask at once."""
    text = (_ROUTES6 if version == 6 else _ROUTES4).read_text(encoding="ascii")
    return tuple(parse6(text) if version == 6 else parse4(text))


def parse4(text: str) -> Iterator[Route]:
    """The lines of /proc/net/route: addresses are hexadecimal, in the machine's byte order."""
    for line in text.splitlines()[1:]:
        fields = line.split()
        destination, mask = (_address4(fields[index]) for index in (1, 7))
        yield Route(
            ipaddress.IPv4Network(f"{destination}/{mask}"), bool(int(fields[3], 16) & _GATEWAY)
        )


def parse6(text: str) -> Iterator[Route]:
    """The lines of /proc/net/ipv6_route: addresses are hexadecimal, in network order."""
    for line in text.splitlines():
        fields = line.split()
        address = socket.inet_ntop(socket.AF_INET6, bytes.fromhex(fields[0]))
        flags = int(fields[8], 16)
        network = ipaddress.IPv6Network(f"{address}/{int(fields[1], 16)}")
        # /proc/net/ipv6_route lists the tables "local" and "main" together, so the vantage's own
        # addresses are in it as /128 routes: these are neighbours of the closest kind.
        yield Route(network, bool(flags & _GATEWAY) and not flags & _LOCAL6)


def _address4(digits: str) -> str:
    return socket.inet_ntoa(struct.pack("=I", int(digits, 16)))
