"""What of a `kind: Lab` document may be handed around: the words of its own schema. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.text.secrets import redact_text

_WORDS = frozenset(
    (
        *("apiVersion", "kind", "metadata", "name", "nodes", "ipv6", "enforcement", "outside"),
        *("aliases", "addresses", "listeners", "port", "speaks", "nodeListeners", "node"),
        *("nodeLocalDNS", "identityFromAgent", "faults", "target", "protocol", "action", "value"),
    )
)


def shareable_lab(value: Mapping[str, Any]) -> dict[str, Any]:
    """The document without members that a Lab does not have."""
    kept: dict[str, Any] = _kept(value)
    return kept


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _kept(part) for key, part in value.items() if key in _WORDS}
    if isinstance(value, list):
        return [_kept(part) for part in value]
    return redact_text(value) if isinstance(value, str) else value
