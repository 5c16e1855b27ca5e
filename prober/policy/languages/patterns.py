"""The regular expressions of layer 7 rules.

Cilium hands them to Envoy, which matches the whole text with RE2 (source: cilium's pkg/envoy,
getHTTPRule; Envoy's RegexMatcher). So does this: the library is RE2 itself, whose time is linear in
the text, whoever wrote the pattern."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from prober.policy.deciding.rules.levels import MAYBE, NO, YES, Level

_MOST_MEMORY = 1 << 20
"""Bytes that one compiled pattern may have."""


def pattern_level(pattern: str, text: str) -> Level:
    """Does a pattern match a whole text; perhaps, where RE2 does not take the pattern."""
    compiled = _compiled(pattern)
    if compiled is None:
        return MAYBE
    return YES if compiled.fullmatch(text) else NO


def is_pattern(pattern: str) -> bool:
    """Whether RE2 takes it."""
    return _compiled(pattern) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None
