"""Manifests of the other policy languages to objects of the model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from prober.manifest.decoding.decode import DEFAULT_NAMESPACE
from prober.manifest.languages.object_checks import missing_tiers
from prober.manifest.reading.objects import Manifest
from prober.model.languages import Language, LanguageKind, PolicyObject
from prober.model.objects import Ref

_V3_METADATA = "projectcalico.org/metadata"
"""The annotation in which Calico's API server keeps the metadata of v3 in its raw objects."""


def decode_object(
    kind: LanguageKind, api_version: str, value: Mapping[str, Any], namespace: str = ""
) -> PolicyObject:
    """An object from plain data; `namespace` is that of one which does not say its own. Raises
    `msgspec.ValidationError` for data of a wrong shape."""
    metadata = value.get("metadata") or {}
    written = [one for one in (value.get("spec"), *(value.get("specs") or ())) if one is not None]
    shape = kind.shape
    specs = tuple(msgspec.convert(one, shape) for one in written) if shape is not None else ()
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


def decode_manifests(manifests: Mapping[Ref, Manifest]) -> tuple[PolicyObject, ...]:
    """The objects of sound manifests. What is wrong between several of them is a mistake."""
    found: list[PolicyObject] = []
    mine: list[Manifest] = []
    for ref, one in manifests.items():
        if one.language is None:
            continue
        mine.append(one)
        try:
            found.append(decode_object(one.language, one.api_version, one.value, ref.namespace))
        except msgspec.ValidationError as error:
            one.cursor.wrong(f"cannot be read: {error}", "the API server would reject it")
    _check_calico(mine)
    return tuple(found)


def _check_calico(manifests: Sequence[Manifest]) -> None:
    mine = [one for one in manifests if one.language and one.language.language is Language.CALICO]
    groups = {one.api_version: one for one in mine}
    if len(groups) > 1:
        first, other = list(groups.values())[:2]
        other.cursor.field("apiVersion").wrong(
            f"{other.api_version} here and {first.api_version} in {first.origin}: Calico's API "
            "server keeps the objects of the one as those of the other",
            "give the objects of one of the two groups only",
        )
    tiers = {str(one.metadata.get("name")) for one in mine if one.kind == "Tier"}
    missing_tiers((one.cursor.field("spec") for one in mine if one.kind != "Tier"), tiers)
