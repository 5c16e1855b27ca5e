"""What of an object may be handed around: the kinds and fields that decide about connectivity.
Pure.

An allow-list, twice: only the kinds of `SHAPES`, and of those only the fields of their wire shapes.
Whatever else an object has (annotations, arguments, probes, volumes, the data of a ConfigMap, the
values of a HelmRelease, custom resources as a whole) is not looked at, so that it cannot come out.
Another list of fields would drift from what is read.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any

import msgspec

from prober.manifest.decoding import wire
from prober.manifest.reading.kinds import READ
from prober.model.text.secrets import GONE, PROXY_VARIABLES, proxy_address, redact_text

SHAPES: Mapping[str, type[wire.KubernetesObject]] = {
    kind: shape
    for kind in READ
    if isinstance(shape := getattr(wire, kind, None), type)
    and issubclass(shape, wire.KubernetesObject)
}
"""By kind: what of an object of it may be handed around."""
_LEFT_OUT = frozenset(("message",))
"""Sentences in a status: a container writes its own termination message, and kubelets quote what
programs print. The reason beside it is a word of Kubernetes' own."""


def shareable(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The object without what nobody should hand around; of a kind that is not read, or one that
    does not fit its kind, only its name."""
    kind, version = str(manifest.get("kind") or ""), str(manifest.get("apiVersion") or "")
    shape = SHAPES.get(kind) if READ.get(kind) == version else None
    if shape is None:
        return _name(manifest)
    try:
        return shareable_wire(kind, msgspec.convert(manifest, shape))
    except (msgspec.ValidationError, RecursionError):
        return _name(manifest)


def shareable_wire(kind: str, value: wire.KubernetesObject) -> dict[str, Any]:
    """The same, of an object that was decoded."""
    plain: dict[str, Any] = _cleaned(msgspec.to_builtins(value))
    return {"apiVersion": READ[kind], "kind": kind, **plain}


def shareable_policy(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A policy of another language, for a snapshot that predictions are made from: its whole spec,
    but for what it says about requests that may name a secret (headers, certificates)."""
    specs = {key: _requests(manifest[key]) for key in ("spec", "specs") if key in manifest}
    labels = (manifest.get("metadata") or {}).get("labels")
    plain = _name(manifest)
    if isinstance(labels, Mapping):
        plain["metadata"]["labels"] = _cleaned(dict(labels))
    return {**plain, **specs}


_OF_REQUESTS = frozenset(
    ("headers", "headerMatches", "terminatingTLS", "originatingTLS", "listener", "annotations")
)


def _requests(value: Any, *, hidden: bool = False) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _requests(part, hidden=hidden or key in _OF_REQUESTS)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [_requests(part, hidden=hidden) for part in value]
    if isinstance(value, str):
        return GONE if hidden else redact_text(value)
    return value


def shareable_name(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Of an object its name and its labels."""
    return shareable_policy({key: manifest.get(key) for key in ("apiVersion", "kind", "metadata")})


def shareable_part(kind: str, path: str, value: Any) -> Any:
    """What may be handed around of what a patch puts into an object of this kind, at a JSON
    pointer: the fields that the shape has there. `GONE` where it has none."""
    hint: Any = SHAPES.get(kind)
    for step in path.split("/")[1:]:
        hint = _below(hint, step.replace("~1", "/").replace("~0", "~"))
    if hint is None:
        return GONE
    try:
        return _cleaned(msgspec.to_builtins(msgspec.convert(value, hint)))
    except (msgspec.ValidationError, RecursionError):
        return GONE


def _below(hint: Any, step: str) -> Any:
    """The type of a member, an item or a field of what has this type; None where it has none."""
    options = [hint, *typing.get_args(hint)] if isinstance(hint, types.UnionType) else [hint]
    for option in options:
        if isinstance(option, type) and issubclass(option, msgspec.Struct):
            fields = {field.encode_name: field.type for field in msgspec.structs.fields(option)}
            return None if step == "env" else fields.get(step)
        if typing.get_origin(option) in (list, dict):
            return typing.get_args(option)[-1]
    return None


def _name(manifest: Mapping[str, Any]) -> dict[str, Any]:
    metadata = manifest.get("metadata")
    names = metadata if isinstance(metadata, Mapping) else {}
    kept = {key: names[key] for key in ("namespace", "name") if isinstance(names.get(key), str)}
    head = {
        key: manifest[key] for key in ("apiVersion", "kind") if isinstance(manifest.get(key), str)
    }
    return {key: _cleaned(part) for key, part in {**head, "metadata": kept}.items()}


def _cleaned(value: Any) -> Any:
    """Without nulls, and without what is empty because the API left it out (empty selectors and
    rules mean something); no text that looks like a secret, no environment but the proxies'."""
    if isinstance(value, dict):
        return {
            key: _environment(part) if key == "env" else _cleaned(part)
            for key, part in value.items()
            if part is not None
            and key not in _LEFT_OUT
            and not (key == "env" and not _environment(part))
        }
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    return redact_text(value) if isinstance(value, str) else value


def _environment(variables: Any) -> list[dict[str, str]]:
    kept = []
    for variable in variables or ():
        name, value = variable.get("name") or "", variable.get("value")
        if name.lower() in PROXY_VARIABLES and value is not None:
            address = proxy_address(value, exceptions=name.lower() == "no_proxy")
            kept.append({"name": name, "value": address})
    return kept
