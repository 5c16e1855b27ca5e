"""`json`: the run for programs, with a published schema."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

from prober.model.codec import encode
from prober.model.run import RunRecord
from prober.report.text import escape_unprintable

SCHEMA_FILE = "run.schema.json"


def render_json(record: RunRecord) -> str:
    """The run as indented JSON. Equal records give equal text."""
    return dump(encode(record))


def dump(data: Any) -> str:
    """Plain data as indented JSON: readable in every script, but what could confuse a terminal is
    escaped."""
    return _escaped(json.dumps(data, indent=2, ensure_ascii=False)) + "\n"


def dump_line(data: Any) -> str:
    """The same in one line, without its end."""
    return _escaped(json.dumps(data, ensure_ascii=False))


def _escaped(text: str) -> str:
    text = escape_unprintable(text, lambda char: json.dumps(char)[1:-1])
    # Half a character, as in the name of a file: JSON has an escape for it, and so loses nothing.
    return _HALF.sub(lambda half: json.dumps(half[0])[1:-1], text)


_HALF = re.compile("[\ud800-\udfff]")


def schema_text() -> str:
    """The published JSON Schema (draft 2020-12) of the JSON and YAML reports, as it is shipped."""
    return resources.files("prober.report").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")


def schema() -> dict[str, Any]:
    """The same, decoded."""
    decoded: dict[str, Any] = json.loads(schema_text())
    return decoded
