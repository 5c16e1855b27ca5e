"""The small pieces that all data is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.objects import Ref


def ref_data(ref: Ref) -> dict[str, str]:
    """An object's name."""
    return {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name}


def optional_ref(ref: Ref | None) -> dict[str, str] | None:
    """An object's name, or None where there is no object."""
    return ref_data(ref) if ref else None


def rounded(milliseconds: float) -> float:
    """To microseconds: no clock here can tell more, and more digits would only be noise between
    runs."""
    return round(float(milliseconds), 3)


def plain(value: Any) -> Any:
    """JSON-like data of any mappings and sequences, as dicts and lists in their own order."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
