"""The options after `?` in a target's text form: which scheme knows which, and what their values
may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from prober.model.protocol import Scheme
from prober.scenario.errors import BadReference
from prober.scenario.hints import did_you_mean
from prober.scenario.protocols import TABLE
from prober.scenario.protocols.dns import RECORDS, TRANSPORTS
from prober.scenario.protocols.http import METHODS
from prober.scenario.text.words import host_problem

FAMILIES = ("ipv4", "ipv6")
MOST_PAYLOAD = 65507
"""Bytes in one UDP or ICMP datagram over IPv4: 65535 less the headers."""

OPTIONS: Mapping[Scheme, tuple[str, ...]] = {
    scheme: protocol.options for scheme, protocol in TABLE.items()
}


def parse_options(text: str, start: int, scheme: Scheme) -> dict[str, Any]:
    """Fields of `TargetRef` from `text[start:]`, which holds `key=value&…` after the question mark.

    Raises `BadReference` for an option that the scheme does not have, one given twice, and a bad
    value.
    """
    options: dict[str, Any] = {}
    at = start
    for part in text[start:].split("&"):
        key, equals, raw = part.partition("=")
        if key not in OPTIONS[scheme]:
            known = OPTIONS[scheme]
            hint = did_you_mean(key, known) or f"{scheme} has {', '.join(known)}"
            raise BadReference(text, at, f"`{key}` is not an option of {scheme}", hint=hint)
        field = _FIELDS.get(key, key)
        if field in options:
            raise BadReference(text, at, f"`{key}` is given twice", hint="keep one")
        if not equals or not raw:
            raise BadReference(
                text, at, f"`{key}` has no value", hint=f"write {key}={_EXAMPLES[key]}"
            )
        try:
            options[field] = _value(key, unquote(raw))
        except ValueError as error:
            at += len(key) + 1
            raise BadReference(text, at, str(error), hint=f"write {key}={_EXAMPLES[key]}") from None
        at += len(part) + 1
    return options


def only_options(query: str, scheme: Scheme) -> bool:
    """Does every part of an HTTP query name an option; such a query is ours, not the server's."""
    return all(part.partition("=")[0] in OPTIONS[scheme] for part in query.split("&"))


def any_option(query: str, scheme: Scheme) -> bool:
    """Does some part of an HTTP query name an option."""
    return any(part.partition("=")[0] in OPTIONS[scheme] for part in query.split("&"))


_FIELDS = {"type": "record"}

_EXAMPLES = {
    "family": "ipv6",
    "payload": "hello",
    "type": "AAAA",
    "transport": "tcp",
    "status": "200 or 200,404",
    "method": "HEAD",
    "verify": "no",
    "size": "1400",
    "sni": "github.com",
}


def _value(key: str, value: str) -> Any:
    choices = {"family": FAMILIES, "transport": TRANSPORTS, "type": RECORDS, "method": METHODS}
    if key in choices:
        exact = value.upper() if key in ("type", "method") else value
        if exact not in choices[key]:
            raise ValueError(f"`{value}` is not one of {', '.join(choices[key])}")
        return exact
    if key == "status":
        return tuple(_integer(code, 100, 599, "a status code") for code in value.split(","))
    if key == "size":
        return _integer(value, 1, MOST_PAYLOAD, "a size in bytes")
    if key == "verify":
        if value not in ("yes", "no", "true", "false"):
            raise ValueError(f"`{value}` is not yes or no")
        return value in ("yes", "true")
    if key == "sni" and (host_problem(value) or ":" in value):
        raise ValueError(f"`{value}` is not a DNS name")
    return value


def _integer(text: str, least: int, most: int, what: str) -> int:
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise ValueError(f"`{text}` is not {what} ({least} to {most})")
    return int(text)
