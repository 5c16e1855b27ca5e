"""Plain data of the other policy languages to objects of the model. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from prober.manifest.decoding.decode import DEFAULT_NAMESPACE
from prober.model.languages import LanguageKind, PolicyObject

_V3_METADATA = "projectcalico.org/metadata"
"""The annotation in which Calico's API server keeps the metadata of v3 in its raw objects."""


def decode_object(
    kind: LanguageKind, api_version: str, value: Mapping[str, Any], namespace: str = ""
) -> PolicyObject:
    """An object from plain data; `namespace` is that of one which does not say its own. Raises
    `msgspec.ValidationError` for data of a wrong shape."""
    metadata = value.get("metadata") or {}
    written = [
        spec for spec in (value.get("spec"), *(value.get("specs") or ())) if spec is not None
    ]
    shape = kind.shape
    specs = tuple(msgspec.convert(spec, shape) for spec in written) if shape is not None else ()
    if shape is not None and not specs:
        specs = (msgspec.convert({}, shape),)
    own = metadata.get("namespace") or namespace or DEFAULT_NAMESPACE
    namespace = own if kind.namespaced else ""
    labels = {**(metadata.get("labels") or {}), **_hidden_labels(metadata)}
    return PolicyObject(kind, api_version, namespace, metadata.get("name") or "", specs, labels)


def _hidden_labels(metadata: Mapping[str, Any]) -> dict[str, str]:
    text = (metadata.get("annotations") or {}).get(_V3_METADATA)
    if not isinstance(text, str):
        return {}
    try:
        return dict(json.loads(text).get("labels") or {})
    except (ValueError, AttributeError, TypeError):
        return {}
