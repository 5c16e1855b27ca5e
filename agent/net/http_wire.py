"""PURE. HTTP/1.1 as far as a probe needs it: a request out, and the head of the answer (RFC 9112).

The standard library's client blocks, and a full client brings pools, redirects and an environment
of its own, each of which would stand between the probe and its socket's evidence.
"""

from __future__ import annotations

import base64
import http.client
import io
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from prober.model.outcome import HttpEvidence

_DEFAULT_PORTS = {"http": 80, "https": 443}
_STATUS_LINE = re.compile(rb"HTTP/1\.[0-9] ([1-5][0-9][0-9])(?: ([^\r\n]*))?\r?\n")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LONGEST_TEXT = 200
_LONGEST_LENGTH = 15
"""Digits of a Content-Length that is believed."""
_WITHOUT_BODY = (101, 204, 304)
"""Final answers that end with their head (RFC 9112 section 6.3)."""
_LONGEST_PREFIX = len(b"HTTP/1.")
_UNTOUCHED = "/%:=&?~+!$,;'@()*[]"
"""What may stand in a request target as it is (RFC 3986)."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a URL leads."""

    scheme: str
    host: str
    """Without brackets; a name is in its ASCII form."""
    port: int
    target: str
    """Path and query, as they stand in the request line."""
    credentials: str = ""
    """`user:password`, decoded; empty when the URL has none."""

    @property
    def authority(self) -> str:
        """Host and port, as in `example.org:8080` or `[2001:db8::1]:80`."""
        return f"{self._bracketed}:{self.port}"

    @property
    def host_header(self) -> str:
        """The same without the scheme's own port."""
        return self._bracketed if self.port == _DEFAULT_PORTS[self.scheme] else self.authority

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse_url(url: str) -> Site:
    """Where a URL leads. Raises `ValueError` that says what is wrong with it."""
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"the scheme of {url!r} must be http or https")
    if not parts.hostname:
        raise ValueError(f"{url!r} has no host")
    host = parts.hostname
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise ValueError(f"{host!r} cannot be a host's name: {error}") from error
    target = quote(parts.path or "/", safe=_UNTOUCHED)
    if parts.query:
        target += "?" + quote(parts.query, safe=_UNTOUCHED)
    return Site(
        parts.scheme, host, parts.port or _DEFAULT_PORTS[parts.scheme], target, _credentials(parts)
    )


def _credentials(parts: SplitResult) -> str:
    if parts.username is None:
        return ""
    return f"{unquote(parts.username)}:{unquote(parts.password or '')}"


def request(method: str, site: Site, *, proxy: Site | None = None) -> bytes:
    """The request for a site; to a proxy it names the whole URL (RFC 9112 section 3.2.2)."""
    target = f"{site.scheme}://{site.host_header}{site.target}" if proxy else site.target
    headers = [
        f"Host: {site.host_header}",
        "User-Agent: prober",
        "Accept: */*",
        "Connection: close",
    ]
    headers += _authorization("Authorization", site)
    if proxy:
        headers += _authorization("Proxy-Authorization", proxy)
    return _head(f"{method} {target} HTTP/1.1", headers)


def connect_request(site: Site, proxy: Site) -> bytes:
    """The request for a tunnel through a proxy (RFC 9110 section 9.3.6)."""
    headers = [
        f"Host: {site.authority}",
        "User-Agent: prober",
        *_authorization("Proxy-Authorization", proxy),
    ]
    return _head(f"CONNECT {site.authority} HTTP/1.1", headers)


def _authorization(header: str, site: Site) -> list[str]:
    if not site.credentials:
        return []
    return [f"{header}: Basic {base64.b64encode(site.credentials.encode()).decode()}"]


def _head(first: str, headers: list[str]) -> bytes:
    return ("\r\n".join([first, *headers]) + "\r\n\r\n").encode("ascii", "replace")


class Head:
    """The head of an answer as it comes in, piece by piece."""

    def __init__(self) -> None:
        self.answer: HttpEvidence | None = None
        self._read = 0

    def is_complete(self, data: bytes) -> bool:
        """Is `answer` in what has come so far? Raises `ValueError` when this is not HTTP/1.

        Parsed only where a line or a head may have ended: a server that sends byte by byte must not
        have every one of them parsed again.
        """
        new, before, self._read = data[self._read :], self._read, len(data)
        if before <= _LONGEST_PREFIX or b"\n" in new:
            self.answer = parse_answer(data)
        return self.answer is not None


def parse_answer(data: bytes) -> HttpEvidence | None:
    """The final answer's head; None while it is not complete. Raises `ValueError` when this is not
    HTTP/1.

    Interim answers (1xx, RFC 9110 section 15.2) are passed over.
    """
    head = _final_head(data)
    return _evidence(head.status, head.reason, head.lines) if head else None


def missing_of_body(data: bytes) -> int:
    """How many bytes of the body are yet to come when `data` is all that came so far, as the final
    answer's Content-Length says; 0 where it says nothing, or the answer has none whatever it says
    (RFC 9112 section 6.3). Raises `ValueError` when this is not HTTP/1."""
    head = _final_head(data)
    if head is None or head.status in _WITHOUT_BODY:
        return 0
    headers = _headers(head.lines)
    length = headers.get("Content-Length", "").strip()
    told = length.isascii() and length.isdigit() and len(length) <= _LONGEST_LENGTH
    if "Transfer-Encoding" in headers or not told:
        return 0
    return max(0, int(length) - len(data) + head.end)


@dataclass(frozen=True, slots=True)
class _FinalHead:
    """Where the head of the final answer is in what came."""

    status: int
    reason: bytes
    lines: bytes
    """The header lines, as they came."""
    end: int
    """Where the body begins."""


def _final_head(data: bytes) -> _FinalHead | None:
    start = 0
    while start < len(data):
        line = _STATUS_LINE.match(data, start)
        if line is None:
            rest = data[start:]
            if b"\n" in rest or not b"HTTP/1.".startswith(rest[:7]):
                raise ValueError("the answer is not HTTP/1")
            return None
        end = _END_OF_HEAD.search(data, start)
        if end is None:
            return None
        status = int(line[1])
        if status >= 200 or status == 101:
            return _FinalHead(status, line[2] or b"", data[line.end() : end.end()], end.end())
        start = end.end()
    return None


def _evidence(status: int, reason: bytes, header_lines: bytes) -> HttpEvidence:
    headers = _headers(header_lines)
    server, location = headers.get("Server", ""), headers.get("Location", "")
    return HttpEvidence(status, _clean(reason.decode("latin-1")), _clean(server), _clean(location))


def _headers(lines: bytes) -> http.client.HTTPMessage:
    try:
        return http.client.parse_headers(io.BytesIO(lines))
    except http.client.HTTPException as error:  # a line without end, or hundreds of them
        raise ValueError(f"its headers make no sense: {error}") from error


def _clean(text: str) -> str:
    """The text without what a terminal would act upon, and not without end."""
    return "".join(char if char.isprintable() else "." for char in text.strip())[:_LONGEST_TEXT]
