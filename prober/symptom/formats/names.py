"""What anybody writes whose name did not resolve: a name, and what a resolver said of it.

A name stands in quotes or has a dot: `lookup failed for db` may be about anything."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

_QUOTED = r"[\"'`]?+(?:(?<=[\"'`])|(?=[\w-]{1,63}+\.[a-z_]))"
_BRACKETED = r"[\"'`(]{0,2}+(?:(?<=[\"'`(])|(?=[\w-]{1,63}+\.[a-z_]))"
_HOST = r"(?!\d{1,3}+\.\d)(?P<host>[a-z0-9_](?:[\w.-]{0,251}+))(?<!error)(?<!exception)(?!://)(?<!authoritative)"
_NAME = _BRACKETED + _HOST
_BEHIND = r"[\"'`)]{0,2}+(?::\d{1,5}+)?+"
_SAYS = (
    r"name or service not known|temporary failure in name resolution|nodename nor servname|"
    r"no address associated with|name does not resolve|no such host|host not found|unknown host|"
    r"nxdomain|servfail|non-existent domain"
)
_ANY_OF = (
    "not known", "temporary failure in name", "nor servname", "no address assoc", "not resolve",
    "no such host", "host not found", "unknown host", "nxdomain", "servfail", "non-exist",
)  # fmt: skip
_OF_NAMES = (Failure.NO_SUCH_HOST, Failure.DNS_TIMEOUT, Failure.DNS_SERVFAIL)

FORMATS = (
    Format(
        "a name that was to be resolved",
        "getaddrinfo(3), gai_strerror(3), and common wording",
        "",
        shape(
            r"\b(?:resolv(?:e|ing)|resolution (?:of|for)|look(?:ing)? ?up(?: of| for)?|"
            r"lookup failed(?: for)?|getaddrinfo(?: failed)?(?: for)?+)"
            rf"(?: host(?:name)?| domain| name| address(?: for)?)?+[ :(]{{1,2}}+{_NAME}{_BEHIND}"
            r"(?P<error>[^\n]{1,100}+)"
        ),
        protocol="",
        also=_ANY_OF,
        means=_OF_NAMES,
    ),
    Format(
        "a DNS query in time",
        "common wording",
        "dns",
        shape(
            r"\bdns(?: name)? (?:lookup|quer(?:y|ies)|resolution|request)(?: of| for)?+ "
            rf"{_NAME}{_BEHIND}(?P<error>[^\n]{{1,60}}+)"
        ),
        protocol="",
        lookup=True,
        means=_OF_NAMES,
    ),
    Format(
        "a name behind what the resolver said",
        "getaddrinfo(3), gai_strerror(3), and common wording",
        "",
        shape(
            rf"(?P<error>{_SAYS}|remote name could not be resolved|query name does not exist)"
            rf"(?: is known)?+\.?+:?+ {_NAME}"
        ),
        protocol="",
        also=(*_ANY_OF, "could not be resolved", "does not exist"),
        means=_OF_NAMES,
    ),
    Format(
        "a name before what the resolver said",
        "getaddrinfo(3), gai_strerror(3), and common wording",
        "",
        shape(rf"(?<![\w.:/-]){_QUOTED}{_HOST}[\"'`)]{{0,2}}+: (?P<error>{_SAYS})"),
        protocol="",
        also=_ANY_OF,
        means=_OF_NAMES,
    ),
)
