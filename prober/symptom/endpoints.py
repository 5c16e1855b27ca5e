"""Hosts, addresses and ports as they stand in log lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

SCHEME_PORTS = {
    "http": 80, "https": 443, "ws": 80, "wss": 443, "ssh": 22, "git+ssh": 22, "git": 9418,
    "ftp": 21, "sftp": 22, "postgres": 5432, "postgresql": 5432, "mysql": 3306, "mariadb": 3306,
    "redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671, "rabbitmq": 5672, "mongodb": 27017,
    "nats": 4222, "ldap": 389, "ldaps": 636, "smtp": 25, "smtps": 465, "mqtt": 1883, "mqtts": 8883,
    "sqlserver": 1433, "oci": 443, "clickhouse": 9000, "cassandra": 9042, "memcached": 11211,
    "zookeeper": 2181, "imap": 143, "imaps": 993, "bolt": 7687,
}  # fmt: skip
"""The ports of schemes, where a URL names none (IANA's service names; the drivers'
documentation)."""

_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}+)?")
_ZONE = re.compile(r"\w{1,16}+\]?")
_BROKEN_ADDRESS = re.compile(r"[0-9xX*]{1,3}+(?:\.[0-9xX*]{1,3}+){1,3}+")
_SOURCE_FILE = re.compile(
    r"\.(?:go|py|js|mjs|cjs|ts|tsx|jsx|java|kt|scala|rb|php|cs|c|cc|cpp|cxx|h|hpp|erl|ex|exs|lua|"
    r"pl|conf|ya?ml|json|toml|ini|sql|swift|clj|vue)$",
    re.IGNORECASE,
)
"""Ends of names of source files: `main.go:12` is a line of one."""
_SCHEME_CHARS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-")
_INDIRECT = frozenset({"dns", "passthrough", "etcd-endpoints"})
"""gRPC's resolvers: `dns:///db.shop:80`, `etcd-endpoints://0xc000/etcd-0:2379`; what is dialled
follows the authority (grpc/doc/naming.md; etcd's client/v3/internal/endpoint)."""
_URL_END = frozenset(" \t\"'`<>|\\^{}")
URL_LENGTH = 2048


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A place that can be dialled. Empty members were not said."""

    host: str = ""
    address: str = ""
    port: int | None = None

    def __bool__(self) -> bool:
        return bool(self.host or self.address)


@dataclass(frozen=True, slots=True)
class Url:
    """A URL in a text."""

    start: int
    end: int
    scheme: str
    at: Endpoint
    tail: str
    """What follows the authority."""


@lru_cache(maxsize=256)
def address_of(text: str) -> str:
    """The address that `text` is, without brackets and zone; empty where it is none."""
    bare, zone, rest = text.partition("%")
    bare = bare.strip("[]")
    if not bare or len(bare) > 64 or (zone and not _ZONE.fullmatch(rest)):
        return ""
    try:
        address = ip_address(bare)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address) if mapped else bare


def is_source_line(there: Endpoint) -> bool:
    """It is a line of a source file, as stack traces name them."""
    return bool(_SOURCE_FILE.search(there.host)) and there.port not in (None, 80, 443)


def is_loopback(address: str) -> bool:
    """The address is the writer's own host."""
    return address == "::1" or address.startswith("127.")


def name_of(text: str) -> str:
    """The host name that `text` is, without its final dot; empty where it cannot be one."""
    bare = text.strip().rstrip(".")
    if not _NAME.fullmatch(bare) or bare.isdigit() or _BROKEN_ADDRESS.fullmatch(bare):
        return ""
    return "" if bare.endswith("-") or ".." in bare else bare


def port_of(text: str | None) -> int | None:
    """The port that `text` is."""
    if not text or not text.isdecimal() or len(text) > 5 or text[0] == "0":
        return None
    port = int(text)
    return port if 0 < port < 65536 else None


def endpoint(text: str) -> Endpoint:
    """An endpoint as clients write it: `db:5432`, `[::1]:80`, `::1:80`, `db/10.0.0.5:80`,
    `/10.0.0.5:80`."""
    bare = text.strip().strip(",;'\"`()").rstrip(".:")
    if bare.endswith("]") and "[" not in bare:
        bare = bare[:-1]
    if not bare or len(bare) > 600:
        return Endpoint()
    bare = (
        bare.removeprefix("tcp://").removeprefix("ipv4:").removeprefix("ipv6:").replace("%5B", "[")
    )
    bare = bare.removeprefix("ipv4#").removeprefix("ipv6#").replace("%5D", "]")
    if "/" in bare:  # Java's InetSocketAddress.toString
        name, _, rest = bare.partition("/")
        if rest.startswith("<unresolved>"):
            return Endpoint(name_of(name), "", port_of(rest.rpartition(":")[2]))
        there = endpoint(rest)
        if there.address:
            written = "" if address_of(name) else name_of(name)
            return Endpoint(written, there.address, there.port)
        bare = name
    if whole := address_of(bare):
        return Endpoint("", whole)
    left, colon, right = bare.rpartition(":")
    port = port_of(right) if colon else None
    if colon and port is None:
        return Endpoint()
    place = left if colon else bare
    address = address_of(place)
    return Endpoint("" if address else name_of(place), address, port)


def authority(text: str, scheme: str) -> Endpoint:
    """The first endpoint of a URL's authority, with the scheme's port where none is written."""
    first = text.rpartition("@")[2].partition(",")[0]
    if re.fullmatch(r"\(\w{2,6}+\)", first):
        return Endpoint()
    there = endpoint(first)
    if there and there.port is None:
        return Endpoint(there.host, there.address, SCHEME_PORTS.get(scheme))
    return there


def url_at(text: str, mark: int) -> Url | None:
    """The URL whose `://` is at `mark`."""
    start = mark
    while start > 0 and mark - start < 32 and text[start - 1] in _SCHEME_CHARS:
        start -= 1
    scheme = text[start:mark].lower().lstrip("+.-0123456789")
    if not scheme:
        return None
    end, limit = mark + 3, min(len(text), mark + 3 + URL_LENGTH)
    while end < limit and text[end] not in _URL_END:
        end += 1
    body = text[mark + 3 : end]
    cut = next((at for at, char in enumerate(body) if char in "/?#;)"), len(body))
    if scheme in _INDIRECT:
        where = endpoint(body.partition("/")[2].partition("/")[0])
    else:
        where = authority(body[:cut].rstrip(",:."), scheme)
    return Url(start, end, scheme, where, body[cut:]) if where else None


@lru_cache(maxsize=8)
def urls(text: str) -> tuple[Url, ...]:
    """Every URL with a host, in order; at most 64."""
    mark, out = text.find("://"), []
    for _ in range(64):
        if mark < 0:
            break
        url = url_at(text, mark)
        if url:
            out.append(url)
        mark = text.find("://", mark + 3)
    return tuple(out)
