"""The generic form: a host and a port, and a known error word, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from prober.symptom.form import EPHEMERAL
from prober.symptom.keyed import from_keys
from prober.symptom.mentions import Mention, mentions
from prober.symptom.model import Failure
from prober.symptom.reading import Reading
from prober.symptom.words import PHRASES, Word, words

BEFORE, AFTER = 400, 160
"""How far before and behind an error word its endpoint may stand, in characters."""
_SETTING = re.compile(
    r"\b(?:retry[ _-]?on|retryable(?: errors?| codes?)?|retry[ _-](?:policy|codes?|errors?)|"
    r"ignor(?:e|ed|ing)|tolerat(?:e|ed|ing)|on[ _-]error|settings?|config(?:ured|uration)?|"
    r"defaults?|"
    r"max|query|search|subject|title|comment|label|pattern|regex|match(?:es|ing)?|rules?|alerts?|"
    r"metric|counter|set|enabled?|handles?|handling|treat(?:s|ed|ing)?)"
    r"[\s=:\"'(\[{/>]{1,4}+(?:[\w-]{1,24}+[,|\s\"']{1,3}+){0,3}$",
    re.IGNORECASE | re.ASCII,
)
_VALUE_FOLLOWS = re.compile(
    r"(?:s|_total|_count)?[\"']?(?:(?:\s?[=:]\s?|\s(?:is|set to|of)\s)[\"']?"
    r"(?:\d(?!\d{0,2}\.\d{1,3}\.)|(?:true|false|yes|no)\b(?! \w)|\{|\[)"
    r"|\s\d{1,8}+\s?(?:s|ms|m|sec|seconds|minutes)\b)",
    re.IGNORECASE,
)
_WORK = re.compile(
    r"\b(?:job|task|query|statement|transaction|lock|build|test|step|script|command|worker|handler|"
    r"function|session|lease|workflow|rebalance)\b(?:[^.:]{0,30}| \S{1,60}+ ?)$",
    re.IGNORECASE | re.ASCII,
)
"""What has a time limit of its own, without a connection."""
_FROM_OUTSIDE = re.compile(
    r"\b(?:by|from|unexpected(?:ly)?|remote|peer|premature(?:ly)?|lost|abort(?:ed)?|eof|broken|"
    r"hang|empty|"
    r"reset|respond|server closed)\b|eof|epipe|failed|error",
    re.IGNORECASE | re.ASCII,
)
"""What tells that the other side closed a connection, not the writer."""
_DIALLED = re.compile(
    r"(?:\bto|\breach\w{0,3}|\bconnect\w{0,3}|\bdial\w{0,4}|\btarget|\bserver|\bupstream|"
    r"\bendpoint|\bbackend)[\s=:\"'(\[@/]{1,4}+$",
    re.IGNORECASE | re.ASCII,
)
_CLASS = re.compile(r"\w{0,24}(?:Error|Exception)\b", re.ASCII)
_COUNTED = re.compile(r"\b0 (?:x )?$")
_ERROR_IS = re.compile(
    r"\b(?:err(?:or|no)?|exc(?:eption)?|cause|reason|failure|last_?err(?:or)?|code|msg|message|"
    r"detail|desc)=[\"']?$",
    re.IGNORECASE | re.ASCII,
)
"""The member of a record that says what went wrong: `err=ECONNREFUSED`."""


def _said(text: str) -> Iterator[Word]:
    """The error words that tell of an event: no settings, no counters."""
    # False positives cost more than misses here: `prober why` probes what it reads, and a check of
    # something that never failed is noise at 3 a.m. Each test below comes from lines of real
    # software that mention an error without having one.
    passed_over = _listed(words(text), text) | _class_names(words(text), text)
    for word in words(text):
        if word in passed_over:
            continue
        before = text[max(0, word.start - 100) : word.start]
        # `retry_on: [ECONNREFUSED, ETIMEDOUT]`, `connection_refused_total 0` and `timeout=30s` are
        # settings and counters. The word is followed or preceded by what only those have.
        if (
            _SETTING.search(before)
            or _COUNTED.search(before)
            or _VALUE_FOLLOWS.match(text, word.end)
        ):
            continue
        if (
            word.start
            and text[word.start - 1] in "_/-="
            and word.failure is not Failure.UNREACHABLE
            and not _ERROR_IS.search(before)
        ):
            continue
        if word.end < len(text) and text[word.end] in "_":
            continue
        # "job timed out", "statement timeout", "lock wait timeout exceeded": the work took too
        # long, with the connection intact. Only where the line also says "connect" is it about the
        # network.
        if _WORK.search(before) and word.failure is Failure.TIMEOUT and "onnect" not in text:
            continue
        # Programs log closing a connection when they end normally. It is a failure only when the
        # other side did it.
        if word.failure is Failure.CLOSED and not _FROM_OUTSIDE.search(text):
            continue
        yield word


def _listed(words: tuple[Word, ...], text: str) -> frozenset[Word]:
    """Different error words side by side: a list of what could happen, such as what is retried."""
    out: set[Word] = set()
    for word, other in pairwise(words):
        if word.failure is not other.failure and not text[word.end : other.start].strip(
            " ,|\"'/[]"
        ):
            out |= {word, other}
    return frozenset(out)


def _class_names(told: tuple[Word, ...], text: str) -> frozenset[Word]:
    """Words in the names of exceptions, where another word says what happened: a
    `HostUnreachableError` may be a refusal."""
    named = frozenset(word for word in told if _CLASS.match(text, word.end))
    return named if len(named) < len(told) else frozenset()


def generic(text: str, fields: Mapping[str, str]) -> tuple[Reading, ...]:
    """What the generic form reads."""
    known = mentions(text)
    taken: dict[int, Reading] = {}
    for word in _said(text):
        mention = _nearest(
            [mention for mention in known if _may_fail_so(text, mention, word)], word
        )
        # The first word about an endpoint wins: "connect to db:5432 failed: timed out (connection
        # refused by proxy)" has the outcome next to the address, and comments on it later.
        if mention is None or mention.start in taken:
            continue
        start, end = min(mention.start, word.start), max(mention.end, word.end)
        taken[mention.start] = Reading(start, end, word.failure, mention.at)
    if taken or known:
        return tuple(taken.values())
    return tuple(_from_fields(text, fields))


def _may_fail_so(text: str, mention: Mention, word: Word) -> bool:
    """An address with an ephemeral port is a client, unless somebody dialled it: only listeners
    refuse."""
    if mention.at.address in ("0.0.0.0", "::"):  # noqa: S104  # nobody binds: it is read in a line
        # An own listener, unless it was dialled: Linux then connects to the host itself.
        return word.failure in (Failure.REFUSED, Failure.TIMEOUT)
    # Linux takes client ports from 32768 to 60999 (net.ipv4.ip_local_port_range). A line like
    # "198.18.1.3:51234: connection reset by peer" names the client of a server, and there is
    # nothing to probe at it.
    if mention.at.host or (mention.at.port or 0) < EPHEMERAL:
        return True
    dialled = _DIALLED.search(text, max(0, mention.start - 40), mention.start)
    return bool(dialled) or word.failure in (Failure.REFUSED, Failure.UNREACHABLE)


def _nearest(known: Sequence[Mention], word: Word) -> Mention | None:
    before = [
        mention
        for mention in known
        if mention.end <= word.start and word.start - mention.end <= BEFORE
    ]
    after = [
        mention
        for mention in known
        if mention.start >= word.end and mention.start - word.end <= AFTER
    ]
    # Usually the endpoint stands before the error ("dial tcp ADDRESS: connection refused").
    # "connection refused: ADDRESS" is recognised by the few characters between.
    if before and after and after[0].start - word.end <= 4 < word.start - before[-1].end:
        return after[0]
    return before[-1] if before else after[0] if after else None


def _from_fields(text: str, fields: Mapping[str, str]) -> Iterator[Reading]:
    word = next(iter(_said(text)), None)
    if word is None:
        codes = {
            fields.get("code", "").lower(),
            fields.get("errno", "").lower(),
            fields.get("errcode", "").lower(),
        }
        failure = next(
            (failure for failure, phrases in PHRASES.items() if codes & set(phrases)), None
        )
        if failure is None:
            return
        word = Word(0, 0, failure)
    there = from_keys(fields)
    if there:
        yield Reading(word.start, word.end, word.failure, there)
