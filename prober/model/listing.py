"""Names in a sentence. PURE."""

from __future__ import annotations

from collections.abc import Iterable

MOST_LISTED = 4


def listed(items: Iterable[str], word: str = "and", *, most: int = MOST_LISTED) -> str:
    """`a`, `a and b`, `a, b and c`, each once. Of more than `most` the first are named and the rest
    are counted: `a, b, c and 5 more`. Empty for none."""
    distinct = list(dict.fromkeys(items))
    if len(distinct) == 1:
        return distinct[0]
    if len(distinct) > most:
        distinct = [*distinct[: most - 1], f"{len(distinct) - most + 1} more"]
    return f" {word} ".join(filter(None, (", ".join(distinct[:-1]), *distinct[-1:])))
