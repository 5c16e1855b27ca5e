"""The record of a run without what nobody should hand around. Pure.

The record's own words are redacted as text; the objects in it are handed around as any others are,
field by field (`shareable`), and so is what a patch would put into one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.manifest import shareable, shareable_part
from prober.model.codec import decode, encode
from prober.model.run import RunRecord
from prober.model.text.secrets import redact_text

_NAME = frozenset(("kind", "namespace", "name"))
"""The members of an object's name, which stays: findings, policies and checks are found by it."""


def redacted(record: RunRecord) -> RunRecord:
    """The record for everybody."""
    data = encode(record)
    data.pop("part", None)  # a whole snapshot, which a bundle has in parts of its own
    findings = [_finding(finding) for finding in data.pop("findings")]
    return decode({**_words(data), "findings": findings})


def _finding(finding: Mapping[str, Any]) -> dict[str, Any]:
    fix = finding["fix"]
    if fix is None:
        return dict(_words(finding))
    manifest = shareable(fix["manifest"]) if fix["manifest"] is not None else None
    kind = (fix["target"] or {}).get("kind", "")
    patch = [_operation(kind, operation) for operation in fix["patch"]]
    plain = {key: part for key, part in fix.items() if key not in ("manifest", "patch")}
    kept = {**_words(plain), "manifest": manifest, "patch": patch}
    return {**_words({**finding, "fix": None}), "fix": kept}


def _operation(kind: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    """An operation of a patch: where it is, and what it puts there as far as that decides about
    connectivity."""
    kept = {key: part for key, part in operation.items() if key in ("op", "path")}
    if "value" in operation:
        kept["value"] = shareable_part(kind, operation["path"], operation["value"])
    return {
        key: redact_text(part) if key in ("path", "from") else part for key, part in kept.items()
    }


def _words(value: Any) -> Any:
    """The record's own strings, redacted; names of objects stay."""
    if isinstance(value, Mapping):
        if value.keys() == _NAME:
            return dict(value)
        return {redact_text(str(key)): _words(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_words(part) for part in value]
    return redact_text(value) if isinstance(value, str) else value
