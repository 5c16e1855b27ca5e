"""PURE. A JSON Schema as a structural schema, all that a CustomResourceDefinition may have.

The API server's schema says less: it has no references, no unions of types and no strict objects.
What it cannot say it lets through (`x-kubernetes-preserve-unknown-fields`), and the operator, which
holds every object to the whole schema, says what is wrong.

Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KEPT = ("description", "type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum")
"""What means the same in both. Not `default`: what an author did not write is not to be stored."""
_ANYTHING = {"x-kubernetes-preserve-unknown-fields": True}


def structural(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """One part of a JSON Schema, its references to `definitions` written out."""
    part = _dereferenced(part, definitions)
    kind = part.get("type")
    if "const" in part:
        return {"type": "string", "enum": [part["const"]]}
    if not isinstance(kind, str):  # a union, which the API server has no word for
        about = {"description": part["description"]} if "description" in part else {}
        return {**about, **_ANYTHING}
    said = {key: part[key] for key in _KEPT if key in part}
    if kind == "array":
        return {**said, "items": structural(part["items"], definitions)}
    if kind != "object":
        return said
    members = {
        name: structural(member, definitions) for name, member in part.get("properties", {}).items()
    }
    others = part.get("additionalProperties")
    if isinstance(others, Mapping):
        return {**said, "additionalProperties": structural(others, definitions)}
    required = {"required": part["required"]} if "required" in part else {}
    return {**said, **required, "properties": members}


def _dereferenced(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """With what it refers to; what it says itself wins."""
    if "$ref" not in part:
        return part
    referred = definitions[str(part["$ref"]).removeprefix("#/$defs/")]
    own = {key: value for key, value in part.items() if key != "$ref"}
    return {**_dereferenced(referred, definitions), **own}
