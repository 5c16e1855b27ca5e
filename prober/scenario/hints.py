"""Small sentences that say what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_NAMES = 8
"""How many known names a hint lists before it stops."""


def close_to(word: str, known: Iterable[str]) -> str:
    """The known word most like this one; empty when none is like it."""
    names = sorted(set(known))
    by_lower = {name.lower(): name for name in names}
    if word.lower() in by_lower:
        return by_lower[word.lower()]
    return next(iter(difflib.get_close_matches(word, names, n=1)), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean `x`?` for the known word most like this one; empty when none is like it."""
    close = close_to(word, known)
    return f"did you mean `{close}`?" if close else ""


def suggest(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """The known word most like this one, else the known words, else `otherwise`."""
    names = sorted(set(known))
    return did_you_mean(word, names) or (
        f"there is {enumerate_names(names)}" if names else otherwise
    )


def enumerate_names(names: Iterable[str]) -> str:
    """`a, b, c`, cut short with `…` after a few."""
    ordered = list(names)
    return ", ".join(ordered[:MOST_NAMES]) + (", …" if len(ordered) > MOST_NAMES else "")
