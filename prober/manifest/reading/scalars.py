"""What a plain (unquoted) YAML scalar means to Kubernetes.

The API server's clients read YAML 1.1 with the rules of go-yaml v2, which differ from PyYAML's:
`22:22` and dates stay text, `y` and `n` are booleans, `12e5` (a shortened commit!) is a number. A
label value of such a type is rejected by the API server, so a reader that took it for text would
predict for objects that can't exist.
"""

from __future__ import annotations

import re
from functools import lru_cache

Scalar = str | int | float | bool | None

_BOOLEANS: dict[str, bool] = {
    **dict.fromkeys(
        ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True
    ),
    **dict.fromkeys(
        ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False
    ),
}
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_NUMERIC_START = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LONGEST_NUMBER = 400
"""Characters: any number that a double holds can be written in fewer, and Python refuses to read
much longer ones."""
_OLD_OCTAL = re.compile(r"([-+]?)0([0-7]+)")


@lru_cache(maxsize=4096)
def plain(text: str) -> Scalar:
    """The value of an unquoted scalar; text when it is nothing else."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return _number(text) if text[0] in _NUMERIC_START else text


def _number(text: str) -> Scalar:
    # CPython refuses to convert more than 4,300 digits (CVE-2020-10735: the conversion is
    # quadratic) with a ValueError. A longer text is no number that anybody means.
    if len(text) > _LONGEST_NUMBER:
        return text
    # Underscores group digits in YAML 1.1: `1_000` is a number, and as a label value it is
    # rejected by the API server.
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(digits):
        # YAML 1.1 reads 0777 as octal (go-yaml v2, resolve.go, and so does kubectl), Python's
        # int(text, 0) raises for it. File modes in ConfigMaps are the usual case.
        octal = _OLD_OCTAL.fullmatch(digits)
        return int(octal[1] + octal[2], 8) if octal else int(digits, 0)
    if _FLOAT.fullmatch(digits):
        return float(digits)
    special = _SPECIAL_FLOAT.fullmatch(text)
    if special:
        return float("nan") if special[3] else float(f"{special[1]}inf")
    return text


def key_text(value: Scalar) -> str:
    """A mapping key as JSON writes it: `on: 1` becomes the key `true`, as it does on the way to the
    API server."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
