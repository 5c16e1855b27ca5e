"""`yaml`: the same data as the JSON, for people who read it."""

from __future__ import annotations

from typing import Any

import yaml

from prober.model.codec import encode
from prober.model.run import RunRecord
from prober.report.text import escape_unprintable

WIDTH = 10_000
"""Columns before a sentence is folded: in practice never, because folded sentences can't be
searched."""

# libyaml is about ten times as quick, which a matrix of some thousand checks needs; it is not
# everywhere.
_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_Base):  # type: ignore[misc]  # which of the two is known at run time only
    """Block style without anchors: a report repeats itself rather than pointing back."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, value: str) -> Any:
    """Text of several lines as a literal block; what could confuse a terminal in quotes, where it
    can be escaped."""
    text = value.encode("utf-8", "replace").decode("utf-8")  # libyaml refuses lone surrogates
    quoted = not text.replace("\n", "").isprintable()
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style='"' if quoted else "|" if "\n" in text else None
    )


_Dumper.add_representer(str, _text)


def dump(data: Any) -> str:
    """Plain data as block-style YAML, keys in their own order."""
    text: str = yaml.dump(
        data,
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=WIDTH,
    )
    return escape_unprintable(text, lambda char: f"\\U{ord(char):08x}")


def render_yaml(record: RunRecord) -> str:
    """The run as YAML."""
    return dump(encode(record))
