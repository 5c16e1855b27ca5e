"""What makes bytes unreadable as JSON of a type, whoever wrote them."""

from __future__ import annotations

import msgspec

UNREADABLE: tuple[type[Exception], ...] = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""All that `msgspec.json.decode` raises for bytes from outside: not JSON, or not of the type; a
string that is not UTF-8; brackets nested deeper than the interpreter's stack."""
