"""resolv.conf and hosts, read as glibc reads them (resolv.conf(5), hosts(5))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prober.model.text.addresses import is_address

RESOLV_CONF = Path("/etc/resolv.conf")
HOSTS = Path("/etc/hosts")
_LONGEST_NUMBER = 9
"""Digits that are read; the greatest that means anything has two."""
_MOST_SERVERS = 3
"""MAXNS: further name servers are ignored."""


@dataclass(frozen=True, slots=True)
class ResolverConfig:
    """What the vantage's resolv.conf says."""

    servers: tuple[str, ...] = ("127.0.0.1",)
    """Addresses, at most three; a missing file means a server on this host."""
    search: tuple[str, ...] = ()
    ndots: int = 1
    """Names with fewer dots than this are tried with the search path first."""
    timeout: float = 5.0
    """Seconds to wait for one server."""
    attempts: int = 2
    """Rounds over the servers."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """What the vantage's hosts file says: name (in lower case) → addresses, in the file's order."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def parse_resolv_conf(text: str) -> ResolverConfig:
    """Read resolv.conf(5). What cannot be understood is ignored, as glibc does."""
    servers: list[str] = []
    search: tuple[str, ...] = ()
    numbers = {"ndots": 1, "timeout": 5, "attempts": 2}
    for line in text.splitlines():
        keyword, *values = line.split("#")[0].split(";")[0].split() or [""]
        if keyword == "nameserver" and values and is_address(values[0]):
            servers.append(values[0])
        elif keyword == "search":
            search = tuple(value.rstrip(".") for value in values)
        elif keyword == "domain" and values:
            search = (values[0].rstrip("."),)
        elif keyword == "options":
            for value in values:
                name, _, number = value.partition(":")
                if name in numbers and number.isascii() and number.isdigit():
                    numbers[name] = int(number[:_LONGEST_NUMBER])
    return ResolverConfig(
        servers=tuple(servers[:_MOST_SERVERS]) or ResolverConfig().servers,
        search=tuple(domain for domain in search if domain),
        ndots=min(numbers["ndots"], 15),
        timeout=float(min(max(numbers["timeout"], 1), 30)),
        attempts=min(max(numbers["attempts"], 1), 5),
    )


def parse_hosts(text: str) -> Hosts:
    """Read hosts(5)."""
    names: dict[str, dict[str, None]] = {}
    for line in text.splitlines():
        address, *aliases = line.split("#")[0].split() or [""]
        if not is_address(address):
            continue
        for alias in aliases:
            names.setdefault(alias.lower(), {})[address] = None
    return Hosts({name: tuple(addresses) for name, addresses in names.items()})


def read(path: Path) -> str:
    """The file's text; empty when there is none, which glibc takes for an empty file."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def candidates(name: str, config: ResolverConfig) -> tuple[str, ...]:
    """The absolute names to ask for, in order (resolv.conf(5), `ndots` and `search`)."""
    if name.endswith("."):
        return (name,)
    absolute = f"{name}."
    searched = tuple(f"{name}.{domain}." for domain in config.search)
    return (absolute, *searched) if name.count(".") >= config.ndots else (*searched, absolute)
