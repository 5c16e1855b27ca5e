"""Lines that tell of something else although they have a host, a port and an error word.

A wrong symptom costs more than a missed one: it sends somebody to look at what works. So what is
not a failure of the writer's own connection is none: what clients asked and got (access logs), what
clients did (they went away), metrics, tests, settings, an attempt that worked in the end, a denial
that somebody wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from prober.symptom.endpoints import endpoint
from prober.symptom.form import serves
from prober.symptom.words import first_word

_ACCESS = re.compile(
    # The common and combined log formats.
    r"HTTP/\d(?:\.\d)?\\?[\"']?,? (?:code |status[ =:]{1,2}+)?[1-5]\d{2}(?!\d)"
    # HAProxy's termination state, and its counters.
    r"|\b[A-Zc-]{2}[A-Z-]{2} \d{1,7}+/\d{1,7}+/\d{1,7}+/\d{1,7}+/\+?\d{1,7}+ "
    # Short forms: a method, a path, a status.
    r"|\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /\S{0,2000}+ (?:HTTP/\S{1,4}+ )?"
    r"(?:- )?[1-5]\d{2} "
    # CoreDNS' query log.
    r"|\"(?:A|AAAA|HTTPS|SRV|PTR|ANY|MX|TXT|NS|SOA) IN [^\s\"]{1,260}+ (?:udp|tcp) \d"
)
_METRIC = re.compile(
    r"^(?:[\dTZ:.+-]{10,40}+ )?(?:# (?:HELP|TYPE) "
    r"|[a-zA-Z_:][\w:]{0,200}+(?:\{[^\n]{0,8000}+(?<=\d)|"
    r"\s{1,4}+[-+\d.einfa]{1,40}+(?: \d{1,16}+)?)$"
    r"|[\w.:-]{1,200}+:[\d.]{1,20}+\|(?:c|g|ms|s|h|d)\b)",
    re.ASCII,
)
_SERVER_SIDE = (
    "tls handshake error from", "[preauth]", "could not receive data from client",
    "could not send data to client", "on client connection", "closing client connection",
    "client disconnected", "client closed connection", "client closed the connection",
    "client connection closed", "connection from client", "error accepting", "accept error",
    "while sending to client", "waiting for request", "reading client request",
    "keepalive connection, client", "while ssl handshaking, client", "client prematurely closed",
    "accepted connection", "connection received from", "reverse mapping checking",
    "client timed out", "client intended to send", "closed by client", "closed by the client",
    "reset by client", "aborted by client", "clientabortexception", "disconnected from user",
    "disconnected by user", "invalid user", "authenticating user", "aborted connection",
    "slow client", "idle client", "client has gone away", "disconnecting client",
    "connection to client", "lost connection to client", "connection with client",
    "handling client", "from client ", "scan detected", "downstream_remote_disconnect",
    "error reading from client", "error writing to client", "failed to write response",
    "writing response", "failed authentication with /",
)  # fmt: skip
_WANTED = (
    "as expected", "as-predicted", "expected failure", "expected to fail", "--- pass", "--- skip",
    "=== run", "denied the request", "would have", "dry run", "dry-run", "example:",
    "for example", "e.g.", "if you see", "in case of", "such as", "injected fault",
    "fault injection", "chaos-mesh", "chaos monkey", "should be refused", "test passed",
    "tests passed", "xfail", "todo:", "fixme", "changelog", "release note",
    "caused by proxyerror", "expected error", "but got nil", "comment:", "annotations:", "expr:",
    "ok after ", "if the connection to", "is expected here", "as intended", "as it should",
    "using cached", "✓ ", "✔ ", "[firing", "[resolved", "notification sent", "ticket #",
    "user message:", "user says", "alertmanager: resolved", "firing: ", "incident #",
    "simulate", "simulated", "simulates", "simulating", "simulation", "is deprecated",
)  # fmt: skip
"""What is said where a failure is wanted, tested, quoted or somebody else's."""
_WANTED_PREFIXES = ("customer report", "user report", "users report")
_ASIDE = (
    "documentation", "troubleshoot", "runbook", "common causes", "this usually means",
    "shutting down", "graceful shutdown",
)  # fmt: skip
"""What is said of failures in general, or while everything is closed on purpose; behind a failure
it is only what follows from it."""


_NO_MORE = r"(?![\w-]|[.]\w)"
"""The word ends here."""


def _as_words(phrases: Iterable[str], prefixes: Iterable[str] = ()) -> re.Pattern[str]:
    """The phrases as words of their own: `chaos-db.shop` and `/todo:` are a host and a path."""
    whole = (re.escape(phrase) + _NO_MORE * phrase[-1].isalpha() for phrase in phrases)
    return re.compile(rf"(?<![\w./:@-])(?:{'|'.join((*whole, *map(re.escape, prefixes)))})")


_IS_WANTED = _as_words(_WANTED, _WANTED_PREFIXES)
_IS_ASIDE = _as_words((), _ASIDE)
_AUTHENTICATION = (
    "password authentication failed", "access denied for user", "access_refused",
    "login was refused", "noauth", "wrongpass", "unable to authenticate", "no pg_hba.conf entry",
    "permission denied (", "authentication failed", "authenticationexception", "unauthenticated",
    "401 unauthorized", "403 forbidden", "invalid credentials", "login failed", "auth failed",
    "host key verification", "key mismatch", "too many authentication", "sasl authentication",
    "invalid username", "not authorized", "bad credentials", "authentication error",
    "authentication required", "permission denied for", "logon denied", "invalid password",
)  # fmt: skip
_NETWORK = (
    "dial tcp", "dial udp", "lookup ", "connection refused", "no route to host",
    "network is unreachable", "econnrefused",
    "etimedout", "enotfound", "eai_again", "ehostunreach", "i/o timeout", "name or service not kn"
                                                                          "own",
                                                                          "connect timed out",
    "temporary failure in name resolution", "could not resolve host", "connection timed out",
)  # fmt: skip
"""Words that no server says of credentials: with one of them a line about authentication is about
the way there."""

_TITLE = re.compile(
    r"(?:deprecated: |ok \d{1,6}+ |commit [0-9a-f]{4,40}+\b|(?:fix|feat|chore|docs|test|refactor)"
    r"(?:\([^)]{1,40}+\))?!?: )",
    re.IGNORECASE,
)
"""How a test that passed (TAP) and a change to a program begin (Conventional Commits)."""

_STATEMENTS = (" like '%", " values ('", " values('")
"""SQL: what stands in a table happened to somebody else."""

_SUCCESS = re.compile(
    r"\b(?:re-?)?connected (?:successfully|again|on attempt|on retry|after|to \S{1,260}+(?: "
    r"successfully| after| on| again))"
    r"|(?:^|\bmsg=\"?|\bmsg\": ?\")connected to \S"
    r"|\breconnected\b(?! failed)"
    r"|\b(?:attempt|retry|retries|retrying|try|tries|request|call|dial|connect(?:ion)?|ping|"
    r"it)\b(?:[^.\n]|\.(?=\S)){0,60}?"
    r" (?:succeeded|successful(?:ly)?|worked)\b"
    r"|\bsucceeded (?:after|on|in|with|at|now)\b"
    r"|\bsuccess(?:fully)?,? (?:re-?)?(?:connected|established|resolved|after|on|dialed|dialled)\b"
    r"|\b(?:connection|link|session|channel|connectivity)(?: (?:to|with|from) \S{1,260}+)? "
    r"(?:(?:was|is|has been|now|is now) )?"
    r"(?:re-?established|established|restored|recovered|healthy|resumed|back)\b"
    r"|\b(?:is|are|was|now) (?:now )?(?:up|reachable|healthy|available|online|back|ready|"
    r"recovered|ok)\b(?: again)?"
    r"|\b(?:back (?:online|up)|recovered (?:from(?! panic)|after)|has recovered|healthy again|"
    r"reachable again|available again)\b"
    r"|\bresolved (?:after|itself|for)\b"
    r"|\bmark(?:ed|ing) \S{1,260}+ (?:as )?(?:healthy|up|alive|available|ready)\b"
    r"|\b(?:attempt|retry|try)\b(?:[^.\n]{0,20}?[:=]| \d{1,3}+/\d{1,3}+:?) ?(?:ok|success)\b"
    r"|\b(?:check |probe )?passed (?:after|again|now)\b"
    r"|\b(?:down|unhealthy|unreachable) (?:->|=>|to) (?:up|healthy|reachable)\b",
    re.IGNORECASE | re.ASCII,
)
_NOT_YET = re.compile(
    r"(?:\bnot|n't|\bnever|\bunless|\buntil|\bif|\bwhether|\bthat|\bwhen|\bonce|\bensure|\bcheck|"
    r"\bcannot|\bunable|"
    r"\bno longer|\bbefore|\bwait(?:ing)?(?: for)?|\bno|\bmake sure|\bverify|\bcould|\bwould|"
    r"\bpreviously|\bwas|\bwhile|\bfailed)\b"
    r"[^.;:]{0,60}?$",
    re.IGNORECASE | re.ASCII,
)
_AND_THEN = re.compile(
    r"\b(?:but|however|yet|though|although|then (?:failed|lost|reset|closed))\b", re.IGNORECASE
)
_PAIR = re.compile(
    r"\b(?:tcp|udp)[46]? (?P<local>[^\s>]{2,90}+)>(?P<target>[^\s\"'`,;(){}|]{2,90}+)", re.ASCII
)
"""Go's two ends of a connection, the writer's first."""
_OWN_REQUEST = re.compile(r"\b(?:get|head|post|put|patch|delete) \"https?://", re.ASCII)
"""How Go begins the error of a request that it made."""
_STATUS_KEYS = ("status", "status_code", "statuscode", "response_code", "downstreamstatus", "code")
_REQUEST_KEYS = (
    "method",
    "request",
    "request_method",
    "requestmethod",
    "uri",
    "request_uri",
    "path",
    "requestpath",
    "http_method",
    "verb",
)


def is_unrelated(text: str, low: str) -> bool:
    """The whole line tells of something else."""
    if _ACCESS.search(text) or _METRIC.search(text) or _TITLE.match(text):
        return True
    if any(phrase in low for phrase in _SERVER_SIDE) or _IS_WANTED.search(low):
        return True
    aside = _IS_ASIDE.search(low)
    if aside and first_word(text, end=aside.start()) is None:
        return True
    if any(phrase in low for phrase in _AUTHENTICATION) and not any(
        phrase in low for phrase in _NETWORK
    ):
        return True
    if "dial" not in low and any(
        serves(match["local"], endpoint(match["target"])) for match in _PAIR.finditer(text)
    ):
        return True
    return any(words in low for words in _STATEMENTS) or worked_in_the_end(text)


def is_access_record(fields: Mapping[str, str], low: str) -> bool:
    """A request that was served, as JSON: a status, a method or path, and no network error of its
    own."""
    status = next((fields[key] for key in _STATUS_KEYS if fields.get(key, "").isdecimal()), "")
    asked = any(fields.get(key) for key in _REQUEST_KEYS)
    own = any(phrase in low for phrase in _NETWORK) or _OWN_REQUEST.search(low)
    return len(status) == 3 and status != "000" and asked and not own


def worked_in_the_end(text: str) -> bool:
    """The line says that a later attempt worked."""
    for match in _SUCCESS.finditer(text):
        before = text[max(0, match.start() - 70) : match.start()]
        if not _NOT_YET.search(before) and not _AND_THEN.search(text, match.end()):
            return True
    return False
