"""What nobody should hand around is taken out, of objects and of text. Pure.

Two nets. Objects keep the fields that decide about connectivity and lose the values of others.
Text, and every string that is left in an object, loses what looks like a credential.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

GONE = "(left out)"
_PROXIES = frozenset(("http_proxy", "https_proxy", "no_proxy", "all_proxy"))

_PATTERNS = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
        ),
        GONE,
    ),
    (
        re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*"),
        GONE,
    ),  # a JSON web token, such as a service account's
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {GONE}"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@:]+:[^\s/@]+@", re.IGNORECASE), rf"\1{GONE}@"),
    (re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"), GONE),  # an access key of AWS
    (re.compile(r"\b(gh[pousr]_|glpat-|xox[abprs]-)[\w-]{10,}"), GONE),  # GitHub, GitLab, Slack
    (
        re.compile(
            r"(?i)(\b[\w.-]*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|credential)[\w.-]*[\"']?"
            r"\s*[:=]\s*)(\"[^\"\n]*\"|'[^'\n]*'|[^\s,;&\"'}\]]+)"
        ),
        rf"\1{GONE}",
    ),
)


def redact_text(text: str) -> str:
    """The text without what looks like a credential."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def redact_object(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """A Kubernetes object without annotations, data and environment; None for a Secret, which is
    not handed around at all."""
    kind = value.get("kind")
    if kind in ("Secret", "SecretList"):
        return None
    plain = {
        key: part for key, part in value.items() if key not in ("data", "binaryData", "stringData")
    }
    if kind == "ConfigMap":
        plain["data"] = dict.fromkeys(value.get("data") or {}, GONE)
    if isinstance(plain.get("items"), list):
        items = (redact_object(item) for item in plain["items"] if isinstance(item, dict))
        plain["items"] = [item for item in items if item is not None]
        return plain
    cleaned = _walk(plain)
    return dict(cleaned)


def redact_data(value: Any) -> Any:
    """Plain data, such as a run's record, in which objects may be: those as `redact_object` has it,
    all text as `redact_text` has it."""
    return _walk(value)


def _walk(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _field(key, part)
            for key, part in value.items()
            if key not in ("annotations", "managedFields")
        }
    if isinstance(value, list):
        return [_walk(part) for part in value]
    return redact_text(value) if isinstance(value, str) else value


def _field(key: str, value: Any) -> Any:
    if key == "env" and isinstance(value, list):
        return [_variable(one) for one in value if isinstance(one, dict)]
    return _walk(value)


def _variable(one: Mapping[str, Any]) -> dict[str, Any]:
    """The name stays. Of the values only the proxies' decide about connectivity; their credentials
    go like others."""
    name = str(one.get("name", ""))
    kept = redact_text(str(one.get("value", ""))) if name.lower() in _PROXIES else GONE
    return {"name": name, "value": kept}
