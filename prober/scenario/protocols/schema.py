"""The long form of targets, as the published JSON Schema of scenario files has it.

    python -m prober.scenario.protocols.schema        writes it into the schema's file

Editors read a file, so the schema is one; what it says of targets follows from the protocols' own
declarations, and a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prober.model.kubernetes import SHORT_KINDS
from prober.scenario.protocols import TABLE, TargetProtocol

FILE = Path(__file__).parents[1] / "reading" / "scenario.schema.json"
_COLUMNS = 120
_NAME = "#/$defs/objectName"
_WORKLOADS = {
    kind.lower(): {"description": f"To pods of this {kind}.", "$ref": _NAME} for kind in SHORT_KINDS
}
_PLACES: Mapping[str, Mapping[str, Any]] = {
    "host": {"$ref": "#/$defs/host"},
    **_WORKLOADS,
    "pod": {"description": "To this pod.", "$ref": _NAME},
    "selector": {"$ref": "#/$defs/selector"},
    "service": {
        "description": "To this Service, by its cluster IP where it has one.",
        "$ref": _NAME,
    },
    "node": {"description": "To this node's own address.", "$ref": "#/$defs/nodeName"},
}


def long_forms() -> dict[str, Any]:
    """Each scheme with the schema of its mapping."""
    return {scheme.value: _long_form(protocol) for scheme, protocol in TABLE.items()}


def _long_form(protocol: TargetProtocol) -> dict[str, Any]:
    family = {"family": {"$ref": "#/$defs/family"}}
    mapping: dict[str, Any] = {
        "description": protocol.description,
        "type": "object",
        "additionalProperties": False,
    }
    if protocol.grammar == "question":
        properties = {**protocol.long_form, **family}
        return {**mapping, "required": ["name"], "properties": properties}
    port = {} if protocol.row.transport == "ICMP" else {"port": {"$ref": "#/$defs/port"}}
    if port and protocol.row.port is None:
        mapping["required"] = ["port"]
    places = {"host": _PLACES["host"], "namespace": {"$ref": "#/$defs/namespace"}, **_PLACES}
    return {
        **mapping,
        "oneOf": [{"required": [place]} for place in _PLACES],
        "properties": {**places, **port, **protocol.long_form, **family},
    }


def main() -> None:
    """Write the long forms into the schema's file."""
    published = json.loads(FILE.read_text(encoding="utf-8"))
    published["$defs"]["target"]["properties"] = long_forms()
    FILE.write_text(_laid_out(published) + "\n", encoding="utf-8")


def _laid_out(value: Any, indent: int = 0, before: int = 0) -> str:
    """JSON with what fits on a line on one line, as a person would write it."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + before + len(line) < _COLUMNS and indent:
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        members = [f'"{key}": ' for key in value]
        items = [
            key + _laid_out(item, indent + 2, len(key))
            for key, item in zip(members, value.values(), strict=True)
        ]
        opening, closing = "{}"
    elif isinstance(value, list):
        items = [_laid_out(item, indent + 2) for item in value]
        opening, closing = "[]"
    else:
        return line
    lines = ",\n".join(inner + item for item in items)
    return f"{opening}\n{lines}\n{' ' * indent}{closing}"


if __name__ == "__main__":
    main()
