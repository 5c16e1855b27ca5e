"""Every endpoint in a text that could be the other end of the writer's connection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from prober.symptom.endpoints import (
    Endpoint,
    address_of,
    endpoint,
    is_source_line,
    name_of,
    port_of,
    urls,
)

LOOKED_AT = 256
"""How many colons of a line are looked at."""

_LEFT = re.compile(r"[A-Za-z0-9_.-]{1,253}+$")
_PORT = re.compile(r":(\d{1,5}+)(?!\w|\.\d)")
_SPELLED = re.compile(
    r"(?:\bhost|\bserver|\baddress|\baddr|\bhostname|\bto|\bat|\breach|\bcontact|\bdial)"
    r"[ =:]{1,3}+[\"']?(?P<host>(?:[0-9A-Fa-f]{0,4}+:){2,7}+[0-9A-Fa-f.]{0,15}+|"
    r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}+))[\"']?,? ?"
    r"(?:\((?P<address>[0-9a-f:.]{2,60}+)\),? )?(?:on )?port[ =:]{1,3}+[\"']?(?P<port>\d{1,5}+)",
    re.IGNORECASE | re.ASCII,
)
_KEYED = re.compile(
    r"[\"':]?\b(?:host|hostname|address|server)(?:[\"'] ?: ?|=> ?)[\"']"
    r"(?P<host>[A-Za-z0-9_](?:[A-Za-z0-9_.:-]{0,251}+))[\"'], {0,2}+"
    r"[\"':]?port(?:[\"'] ?: ?|=> ?)[\"']?(?P<port>\d{1,5}+)",
    re.IGNORECASE | re.ASCII,
)
"""Maps as Python and Ruby print them: `{'host': 'db', 'port': 80}`, `{:host=>"db", :port=>80}`."""
_TUPLE = re.compile(
    r"[({\[]['\"](?P<host>[A-Za-z0-9_.:-]{2,253}+)['\"], ?(?P<port>\d{1,5}+)[,)}\]]", re.ASCII
)
"""Pairs: Python's `('db', 80)`, Erlang's `{"db",80}`."""
_BRACKETS = re.compile(
    r"\[(?P<address>[0-9A-Fa-f:.]{2,60}+)(?:%\w{1,16}+)?\]:(?P<port>\d{1,5}+)(?!\d)", re.ASCII
)
_NAME_IN_BRACKETS = re.compile(
    r"\[(?P<host>[A-Za-z][A-Za-z0-9_.-]{0,252}+)(?:/(?P<address>[0-9A-Fa-f:.]{2,60}+))?\]:"
    r"(?P<port>\d{1,5}+)(?!\d)",
    re.ASCII,
)
"""Zabbix' `[[db]:80]`, Hazelcast's `[db/198.51.100.7]:80`."""
_BEFORE_BRACKETS = re.compile(
    r"(?P<host>[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}+|(?:[A-Za-z0-9_-]{1,63}+\.){1,12}+[A-Za-z]"
    r"[A-Za-z0-9_-]{0,62}+ )\[(?P<address>[0-9A-Fa-f:.]{2,60}+)\]:(?P<port>\d{1,5}+)(?!\d)",
    re.ASCII,
)
"""Postfix' `mail.example.com[198.51.100.7]:25`, Exim's with a blank between."""
_CALL = re.compile(r"\bconnect\((?P<host>[A-Za-z0-9_.:-]{2,253}+), ?(?P<port>\d{1,5}+)\)", re.ASCII)
"""Dovecot's `connect(imap, 143)`."""
_ITS_ADDRESS = re.compile(
    r" \((?P<address>[0-9a-f:.]{3,45}+)\)|, (?P<listed>[0-9a-f:.]{3,45}+)(?:\)|, local address)",
    re.ASCII,
)
"""What an endpoint's name resolved to, behind it: `db:80 (198.51.100.7)`, and in ClickHouse's
`(db:80, 198.51.100.7)`."""
_WORDS = """
error code errno line port status id attempt retry pid thread count size timeout rc exit level
version time at in after for col column row offset chunk node task job worker step stage total
http https tcp udp rpc ret exception errorcode statuscode err uid gid fd seq index partition
generation epoch length len age ttl on the a an is to host server this that it of with was by
and or not no be
"""
NO_HOSTS = frozenset(_WORDS.split())
"""What stands before a colon and a number and is no host."""
_FROM = re.compile(r"\bfrom[\s=:\"'(\[@/<]{0,5}+$", re.IGNORECASE | re.ASCII)
"""Clients come from an address; what is fetched comes from a URL."""
_ASKED = re.compile(r"\brequests? from\W{0,3}+$", re.IGNORECASE | re.ASCII)
_OTHER_ROLE = re.compile(
    r"(?:\bclient|\bclient[ _]?(?:ip|addr(?:ess)?)|\blocal|\blocal ?addr(?:ess)?|\bladdr|"
    r"\blisten(?:ing|er)?(?: on| at)?|\bbind(?:ing)?(?: to)?|"
    r"\bserving(?: on| at)?|\bbound to|\bsee|\bvisit|\bdocs?|\bmore info(?:rmation)?|"
    r"\bremote_addr|\bsrc|\bsource|\bvia|\bproxy|\bx-forwarded-for|"
    r"\bimage|\btag|\breferer|\breferrer|\buser_?agent|\brequest|\bhelp|\bstarted on|\bstarting "
    r"on|\brunning on|\bavailable at|\bdetails at)"
    r"(?: address)?[\s=:\"'(\[@/<]{0,5}+$",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """An endpoint in a text."""

    start: int
    end: int
    at: Endpoint


def mentions(text: str) -> tuple[Mention, ...]:
    """Every endpoint that could be the other end, in order."""
    mentions = [Mention(url.start, url.end, url.at) for url in urls(text) if url.at.port]
    inside = [(mention.start, mention.end) for mention in mentions]
    # URLs first, because they contain what the other patterns look for:
    # `http://user:80@host:8080/path:443` has one endpoint.
    for mention in (*_written_out(text), *_with_colon(text)):
        if not any(start <= mention.start < end for start, end in inside):
            mentions.append(mention)
            inside.append((mention.start, mention.end))
    return tuple(
        sorted(
            (mention for mention in mentions if _other_end(text, mention)),
            key=lambda mention: mention.start,
        )
    )


_WRITTEN_OUT = (
    _BEFORE_BRACKETS, _SPELLED, _KEYED, _TUPLE, _CALL, _BRACKETS, _NAME_IN_BRACKETS,
)  # fmt: skip
"""The longer before what they contain."""


def _written_out(text: str) -> Iterator[Mention]:
    for pattern in _WRITTEN_OUT:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            host, address = groups.get("host") or "", address_of(groups.get("address") or "")
            literal = address_of(host)
            there = Endpoint(
                "" if literal else name_of(host), address or literal, port_of(groups["port"])
            )
            if there.port and _is_place(there):
                yield Mention(match.start(), match.end(), there)


def _with_colon(text: str) -> Iterator[Mention]:
    colon = text.find(":")
    # Bounded: a line of 64 KiB of colons (a dump of IPv6 addresses, a hex key) must not take
    # quadratic time. The patterns are written with possessive quantifiers for the same reason.
    for _ in range(LOOKED_AT):
        if colon < 0:
            return
        port, left = _PORT.match(text, colon), _LEFT.search(text, max(0, colon - 253), colon)
        if port and left:
            start, end = _with_address(text, left.start()), port.end()
            there = endpoint(text[start:end])
            if _is_place(there):
                yield _resolved(text, Mention(start, end, there))
        colon = text.find(":", colon + 1)


def _resolved(text: str, mention: Mention) -> Mention:
    """With the address that stands behind the name and its port."""
    behind = _ITS_ADDRESS.match(text, mention.end)
    address = address_of(behind["address"] or behind["listed"]) if behind else ""
    if behind is None or not address or mention.at.address:
        return mention
    return replace(mention, end=behind.end(), at=replace(mention.at, address=address))


def _with_address(text: str, start: int) -> int:
    """Where `name/address:port` begins, of which `start` is the address' beginning."""
    if start < 1 or text[start - 1] != "/":
        return start
    name = _LEFT.search(text, max(0, start - 254), start - 1)
    return name.start() if name else start


def _is_place(there: Endpoint) -> bool:
    if not there or not there.port:
        return False
    if there.address and not there.host:
        return True
    name = there.host.lower()
    # `main.go:42`, `line:80`, `retry:3`: a word, a colon and a number are more often something
    # else than an endpoint.
    if name in NO_HOSTS or is_source_line(there):
        return False
    return ("." in name or there.port >= 20) and any(char.isalpha() for char in name)


def _other_end(text: str, mention: Mention) -> bool:
    """It is not the client's end, an own listener, or a page to read."""
    # What precedes an endpoint says whose it is: "from 198.18.1.3:443", "listening on :8080", "see
    # https://...". Only 40 characters are looked at, since a role is said right before.
    before = max(0, mention.start - 40)
    if _FROM.search(text, before, mention.start):
        fetched = not _ASKED.search(text, before, mention.start)
        return fetched and "://" in text[mention.start : mention.end]
    return not _OTHER_ROLE.search(text, before, mention.start)
