"""What loggers wrap around a message: JSON, a prefix before JSON, logfmt, Docker's and the CRI's
own records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

MESSAGE_KEYS = (
    "msg", "message", "@message", "@m", "log", "textpayload", "event", "short_message", "rest",
    "error", "err", "@x", "exception", "error_message", "error.message", "errormessage",
    "err.message", "exception.message", "exc_info", "lasterror", "last_error", "reason", "cause",
    "details", "detail", "description", "output", "desc", "warning", "stack", "stacktrace",
    "stack_trace", "error.stack_trace", "exception.stacktrace", "errorverbose", "errmsg", "info",
    "thrown", "attr", "full_message", "body", "caught", "causes", "errors", "status_message",
    "note", "source",
)  # fmt: skip
"""Keys under which loggers keep text for people, in the order in which it is read (zap, logrus,
slog, pino, winston, bunyan, structlog, Logback, Log4j, Serilog, GELF, ECS, OpenTelemetry,
MongoDB)."""
_RANK = {key: rank for rank, key in enumerate(MESSAGE_KEYS)}
PAIRED, PAIRED_ADDRESS = "host:port", "address:port"
"""Under these the fields have what a record says in two members."""
_PORTS = (
    "port",
    "remoteport",
    "remote_port",
    "target_port",
    "dst_port",
    "db_port",
    "dport",
    "peer_port",
)
_HOSTS = ("host", "hostname", "server", "target_host", "db_host", "redis_host", "target", "peer")
_ADDRESSES = ("address", "ip", "addr", "remoteaddress", "remote_address", "dst_ip", "peer_ip")
_ENCODED = "%3A%2F%2F"
"""`://`, where a whole URL is a part of another text."""
DEPTH = 6
"""How deep JSON in JSON is followed."""
_LOGFMT = re.compile(
    r"(?<![\w.])(?P<key>[A-Za-z_@][\w.@-]{0,40}+)=(?:\"(?P<quoted>(?:[^\"\\]|\\.){0,2000}+)\"|"
    r"(?P<bare>[^\s\",;]{1,300}+))"
)
_ESCAPED = re.compile(r"\\([\"'nrt/\\])")
_MEANS = {"n": " ", "r": " ", "t": " "}


@dataclass(frozen=True, slots=True)
class Message:
    """A message without its envelope."""

    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """The other members, by their last name in lower case."""
    structured: bool = False
    """It was JSON."""


def unwrapped(line: str) -> Message:
    """The message in a cleaned line."""
    wrapped = _json(line)
    if wrapped:
        prefix, value = wrapped
        texts: list[tuple[int, str]] = []
        fields: dict[str, str] = {}
        _gather(value, texts, fields, 0)
        ordered = [text for _, text in sorted(texts, key=lambda item: item[0])]
        # Under no known key: what stands under short ones, as in {"m": "..."}.
        said = ordered or [text for key, text in fields.items() if len(key) < 4 and " " in text]
        text = ": ".join(dict.fromkeys(filter(None, [prefix.strip(), *said])))
        return Message(_plain(text), fields, structured=True)
    text = _plain(line)
    fields = dict(_logfmt(text)) if "=" in text else {}
    _pair(fields, fields)
    return Message(text, fields)


def _json(line: str) -> tuple[str, dict[str, Any]] | None:
    """What stands before a JSON object that ends the line, and the object."""
    at = line.find("{")
    if at < 0 or not line.endswith("}") or (at and line[at - 1] not in " \t:"):
        return None
    for _ in range(3):
        try:
            value = json.loads(line[at:])
        except (ValueError, RecursionError):
            at = line.find(" {", at + 1) + 1
            if at <= 0:
                return None
            continue
        return (line[:at], value) if isinstance(value, dict) else None
    return None


def _gather(
    value: dict[str, Any], texts: list[tuple[int, str]], fields: dict[str, str], depth: int
) -> None:
    _pair(value, fields)
    for key, member in value.items():
        name = key.lower()
        rank = _RANK.get(name)
        if isinstance(member, str):
            if rank is None:
                fields.setdefault(name.rpartition(".")[2], member[:2000])
            else:
                texts.append((rank, _nested(member, fields, depth)))
        elif isinstance(member, bool) or member is None:
            continue
        elif isinstance(member, int | float):
            fields.setdefault(name.rpartition(".")[2], str(member))
        elif isinstance(member, dict) and depth < DEPTH:
            _gather(member, texts, fields, depth + 1)
        elif isinstance(member, list) and rank is not None and depth < DEPTH:
            for item in member[:16]:
                if isinstance(item, str):
                    texts.append((rank, item))
                elif isinstance(item, dict):
                    _gather(item, texts, fields, depth + 1)


def _pair(members: Mapping[str, Any], fields: dict[str, str]) -> None:
    """A host and a port that stand side by side in a record."""
    low = {key.lower(): value for key, value in members.items() if isinstance(value, str | int)}
    port = next((low[key] for key in _PORTS if key in low), None)
    if port is None or not str(port).isdecimal():
        return
    for paired, keys in ((PAIRED, _HOSTS), (PAIRED_ADDRESS, _ADDRESSES)):
        place = next((low[key] for key in keys if isinstance(low.get(key), str) and low[key]), None)
        if place:
            fields.setdefault(
                paired, f"[{place}]:{port}" if ":" in str(place) else f"{place}:{port}"
            )


def _nested(text: str, fields: dict[str, str], depth: int) -> str:
    """A message that is JSON itself, as Docker's log driver keeps an application's JSON."""
    wrapped = _json(text.strip()) if depth < DEPTH and "{" in text else None
    if not wrapped:
        return text
    inner: list[tuple[int, str]] = []
    _gather(wrapped[1], inner, fields, depth + 1)
    return ": ".join(
        [wrapped[0].strip(), *(item for _, item in sorted(inner, key=lambda item: item[0]))]
    )


def _plain(text: str) -> str:
    """Without the backslashes of one level of quoting, and URLs not percent-encoded as a whole."""
    if _ENCODED in text or _ENCODED.lower() in text:
        text = unquote(text)
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda match: _MEANS.get(match[1], match[1]), text)


def _logfmt(text: str) -> Iterator[tuple[str, str]]:
    for count, match in enumerate(_LOGFMT.finditer(text)):
        if count >= 64:
            return
        key = match["key"].lower().rpartition(".")[2]
        if key not in _RANK:
            yield key, match["quoted"] if match["quoted"] is not None else match["bare"]
