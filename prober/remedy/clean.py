"""An object as a person would have written it: without what only the API server writes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SERVERS = frozenset(
    (
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "managedFields",
        "selfLink",
        "deletionTimestamp",
    )
)
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def clean(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A copy without status, bookkeeping, and kubectl's copy of an earlier state."""
    metadata = {
        key: value for key, value in manifest.get("metadata", {}).items() if key not in _SERVERS
    }
    annotations = {
        key: value
        for key, value in (metadata.pop("annotations", None) or {}).items()
        if key != _LAST_APPLIED
    }
    if annotations:
        metadata["annotations"] = annotations
    return {
        **{key: value for key, value in manifest.items() if key != "status"},
        "metadata": metadata,
    }
