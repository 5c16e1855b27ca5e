"""The generic form: a host and a port, and a known error word, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from prober.symptom.endpoints import Endpoint, address_of, endpoint, name_of, port_of, urls
from prober.symptom.envelope import PAIRED, PAIRED_ADDRESS
from prober.symptom.form import EPHEMERAL
from prober.symptom.model import Failure
from prober.symptom.reading import Reading
from prober.symptom.words import PHRASES, Word, words

BEFORE, AFTER = 400, 160
"""How far before and behind an error word its endpoint may stand, in characters."""
LOOKED_AT = 256
"""How many colons of a line are looked at."""

_LEFT = re.compile(r"[A-Za-z0-9_.-]{1,253}+$")
_PORT = re.compile(r":(\d{1,5}+)(?![\w.:-]|\.\d)")
_PORT_LOOSE = re.compile(r":(\d{1,5}+)(?!\w)")
_SPELLED = re.compile(
    r"(?:\bhost|\bserver|\baddress|\baddr|\bhostname|\bto|\bat)[ =:]{1,3}+[\"']?(?P<host>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}+))[\"']?,? ?"
    r"(?:\((?P<address>[0-9a-f:.]{2,60}+)\),? )?(?:on )?port[ =:]{1,3}+[\"']?(?P<port>\d{1,5}+)",
    re.IGNORECASE | re.ASCII,
)
_TUPLE = re.compile(r"\(['\"](?P<host>[A-Za-z0-9_.:-]{2,253}+)['\"], ?(?P<port>\d{1,5}+)[,)]", re.ASCII)
_BRACKETS = re.compile(r"\[(?P<address>[0-9A-Fa-f:.]{2,60}+)(?:%\w{1,16}+)?\]:(?P<port>\d{1,5}+)(?!\d)", re.ASCII)
_NO_HOSTS = frozenset(
    "error code errno line port status id attempt retry pid thread count size timeout rc exit level version time at "
    "in after for col column row offset chunk node task job worker step stage total http https tcp udp rpc ret "
    "exception errorcode statuscode err uid gid fd seq index partition generation epoch length len age ttl on the a an is port to host server this that it of with was by and or for "
    "not no be".split()
)
_SOURCE_FILE = re.compile(
    r"\.(?:go|py|js|mjs|cjs|ts|tsx|jsx|java|kt|scala|rb|php|cs|c|cc|cpp|cxx|h|hpp|erl|ex|exs|lua|pl|conf|ya?ml|json|toml|ini|sql|swift|clj|vue)$",
    re.IGNORECASE,
)
_OTHER_ROLE = re.compile(
    r"(?:\bfrom|\bclient|\bclient[ _]?(?:ip|addr(?:ess)?)|\blocal|\blocal ?addr(?:ess)?|\bladdr|\blisten(?:ing|er)?(?: on| at)?|\bbind(?:ing)?(?: to)?|"
    r"\bserving(?: on| at)?|\bbound to|\bsee|\bvisit|\bdocs?|\bmore info(?:rmation)?|\bremote_addr|\bsrc|\bsource|\bvia|\bproxy|\bx-forwarded-for|"
    r"\bimage|\btag|\breferer|\breferrer|\buser_?agent|\brequest|\bhelp|\bstarted on|\bstarting on|\brunning on|\bavailable at|\bdetails at)"
    r"(?: address)?[\s=:\"'(\[@/<]{0,5}+$",
    re.IGNORECASE | re.ASCII,
)
_SETTING = re.compile(
    r"(?:retry[ _-]?(?:on|able|policy|codes?|errors?)|ignor(?:e|ed|ing)|tolerat\w{1,4}+|on[ _-]error|set(?:ting)?|config(?:ured|uration)?|default|max|"
    r"query|search|subject|title|comment|q|label|pattern|regex|match(?:es|ing)?|rule|alert|metric|counter|enable[ds]?|handles?|handling|treat\w{0,4}+)"
    r"[\w.]{0,20}+[\s=:\"'(\[{/>]{1,4}+(?:[\w-]{1,24}+[,|\s\"']{1,3}+){0,3}$",
    re.IGNORECASE | re.ASCII,
)
_VALUE_FOLLOWS = re.compile(r"(?:s|_total|_count)?[\"']?(?:(?:\s?[=:]\s?|\s(?:is|set to|of)\s)[\"']?(?:\d|true|false|yes|no|\{|\[)|\s\d{1,8}+\s?(?:s|ms|m|sec|seconds|minutes)\b)", re.IGNORECASE)
_DIALLED = re.compile(
    r"(?:\bto|\breach\w{0,3}|\bconnect\w{0,3}|\bdial\w{0,4}|\btarget|\bserver|\bupstream|\bendpoint|\bbackend)[\s=:\"'(\[@/]{1,4}+$",
    re.IGNORECASE | re.ASCII,
)
_COUNTED = re.compile(r"\b0 (?:x )?$")


@dataclass(frozen=True, slots=True)
class Mention:
    """An endpoint in a text."""

    start: int
    end: int
    at: Endpoint


def mentions(text: str) -> tuple[Mention, ...]:
    """Every endpoint that could be the other end, in order."""
    found = [Mention(url.start, url.end, url.at) for url in urls(text) if url.at.port]
    inside = [(mention.start, mention.end) for mention in found]
    for mention in (*_written_out(text), *_with_colon(text)):
        if not any(start <= mention.start < end for start, end in inside):
            found.append(mention)
            inside.append((mention.start, mention.end))
    return tuple(sorted((one for one in found if _other_end(text, one)), key=lambda one: one.start))


def _written_out(text: str) -> Iterator[Mention]:
    for pattern in (_SPELLED, _TUPLE, _BRACKETS):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            host, address = groups.get("host") or "", address_of(groups.get("address") or "")
            literal = address_of(host)
            there = Endpoint("" if literal else name_of(host), address or literal, port_of(groups["port"]))
            if there and there.port and there.host.lower() not in _NO_HOSTS:
                yield Mention(match.start(), match.end(), there)


def _with_colon(text: str) -> Iterator[Mention]:
    colon = text.find(":")
    for _ in range(LOOKED_AT):
        if colon < 0:
            return
        port, left = _PORT_LOOSE.match(text, colon), _LEFT.search(text, max(0, colon - 253), colon)
        if port and left:
            start, end = _with_address(text, left.start()), port.end()
            there = endpoint(text[start:end])
            if _is_place(there, left[0]):
                yield Mention(start, end, there)
        colon = text.find(":", colon + 1)


def _with_address(text: str, start: int) -> int:
    """Where `name/address:port` begins, of which `start` is the address' beginning."""
    if start < 1 or text[start - 1] != "/":
        return start
    name = _LEFT.search(text, max(0, start - 254), start - 1)
    return name.start() if name else start


def _is_place(there: Endpoint, written: str) -> bool:
    if not there or not there.port:
        return False
    if there.address and not there.host:
        return True
    name = there.host.lower()
    if name in _NO_HOSTS or (_SOURCE_FILE.search(name) and there.port not in (80, 443)):
        return False
    return ("." in name or there.port >= 20) and any(char.isalpha() for char in written)


def _other_end(text: str, mention: Mention) -> bool:
    """It is not the client's end, an own listener, or a page to read."""
    return not _OTHER_ROLE.search(text, max(0, mention.start - 40), mention.start)


def _said(text: str) -> Iterator[Word]:
    """The error words that tell of an event: no settings, no counters."""
    listed = _listed(words(text), text)
    for word in words(text):
        if word in listed:
            continue
        before = text[max(0, word.start - 100) : word.start]
        if _SETTING.search(before) or _COUNTED.search(before) or _VALUE_FOLLOWS.match(text, word.end):
            continue
        if word.start and text[word.start - 1] in "_/-=" and word.failure is not Failure.UNREACHABLE:
            continue
        if word.end < len(text) and text[word.end] in "_":
            continue
        yield word


def _listed(found: tuple[Word, ...], text: str) -> frozenset[Word]:
    """Different error words side by side: a list of what could happen, such as what is retried."""
    out: set[Word] = set()
    for one, other in pairwise(found):
        if one.failure is not other.failure and not text[one.end : other.start].strip(" ,|\"'/[]"):
            out |= {one, other}
    return frozenset(out)


def generic(text: str, fields: Mapping[str, str]) -> tuple[Reading, ...]:
    """What the generic form reads."""
    known = mentions(text)
    taken: dict[int, Reading] = {}
    for word in _said(text):
        mention = _nearest([one for one in known if _may_fail_so(text, one, word)], word)
        if mention is None or mention.start in taken:
            continue
        start, end = min(mention.start, word.start), max(mention.end, word.end)
        taken[mention.start] = Reading(start, end, word.failure, mention.at)
    if taken or known:
        return tuple(taken.values())
    return tuple(_from_fields(text, fields))


def _may_fail_so(text: str, mention: Mention, word: Word) -> bool:
    """An address with an ephemeral port is a client, unless somebody dialled it: only listeners refuse."""
    if mention.at.host or (mention.at.port or 0) < EPHEMERAL:
        return True
    dialled = _DIALLED.search(text, max(0, mention.start - 40), mention.start)
    return bool(dialled) or word.failure in (Failure.REFUSED, Failure.UNREACHABLE)


def _nearest(known: Sequence[Mention], word: Word) -> Mention | None:
    before = [one for one in known if one.end <= word.start and word.start - one.end <= BEFORE]
    after = [one for one in known if one.start >= word.end and one.start - word.end <= AFTER]
    if before and after and after[0].start - word.end <= 4 < word.start - before[-1].end:
        return after[0]
    return before[-1] if before else after[0] if after else None


ENDPOINT_KEYS = (
    "broker", "target", "endpoint", "hostandport", "upstream", "upstreamaddr", "upstream_addr", "backend", "remote", "server",
    "addr", "dest", "destination", "serveraddr", "url", "uri", "peer", "dst",
    "serverendpoint", PAIRED, PAIRED_ADDRESS,
)  # fmt: skip


def from_keys(fields: Mapping[str, str]) -> Endpoint:
    """The endpoint that a record's members name, with its port."""
    best = Endpoint()
    for key in ENDPOINT_KEYS:
        written = fields.get(key, "")
        if not written or len(written) > 600:
            continue
        url = urls(written)
        there = url[0].at if url else endpoint(written)
        if there.port and there.port < EPHEMERAL and there.host.lower() not in _NO_HOSTS:
            best = _joined(best, there)
    return best


def _joined(best: Endpoint, more: Endpoint) -> Endpoint:
    if not best:
        return more
    if best.port != more.port:
        return best
    return Endpoint(best.host or more.host, best.address or more.address, best.port)


def _from_fields(text: str, fields: Mapping[str, str]) -> Iterator[Reading]:
    word = next(iter(_said(text)), None)
    if word is None:
        codes = {fields.get("code", "").lower(), fields.get("errno", "").lower(), fields.get("errcode", "").lower()}
        failure = next((failure for failure, phrases in PHRASES.items() if codes & set(phrases)), None)
        if failure is None:
            return
        word = Word(0, 0, failure)
    there = from_keys(fields)
    if there:
        yield Reading(word.start, word.end, word.failure, there)
