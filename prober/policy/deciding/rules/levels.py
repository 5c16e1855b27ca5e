"""Answers with three values, as numbers. `max` is "any of" and `min` is "all of": NO < MAYBE < YES.

Rulings use the same numbers (denied < undefined < allowed), which makes the verdict over two
directions their minimum.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prober.model.prediction import Match, Ruling

Level = int
Levels = tuple[Level, Level, Level]
"""Of a rule: does it match, do its peers, do its ports. Of a link: verdict, egress, ingress."""

NO: Final[Level] = 0
MAYBE: Final[Level] = 1
YES: Final[Level] = 2

MATCHES: Final = (Match.NO, Match.MAYBE, Match.YES)
RULINGS: Final = (Ruling.DENIED, Ruling.UNDEFINED, Ruling.ALLOWED)

MEMBERS: Final = ((0, 0), (1, 0), (1, 1))
"""A level as a set of one, for the fold: is it perhaps in, is it surely in."""


def agree(levels: Iterable[Level]) -> Level:
    """The level that all have; MAYBE when they differ."""
    # No `min` or `max`: three interpretations that say yes, no and yes are not "partly", they are
    # open. And an empty sequence is MAYBE: nobody said anything.
    common = None
    for level in levels:
        if common is None:
            common = level
        elif level != common:
            return MAYBE
    return MAYBE if common is None else common
