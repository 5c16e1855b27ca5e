"""What text for people is written on: colour or not, and how many columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MIN_WIDTH = 50
"""Columns. Below this nothing is readable, and the terminal may wrap instead."""


class Style(StrEnum):
    """What a colour means here; the value is its SGR parameter (ECMA-48, 8.3.117). Never the only
    sign of anything."""

    GOOD = "32"
    BAD = "1;31"
    UNSURE = "33"
    STRONG = "1"
    FAINT = "2"


_END = "\x1b[0m"
PAINT = (_END, *(f"\x1b[{style.value}m" for style in Style))
"""The only escape sequences that may reach a terminal."""


@dataclass(frozen=True, slots=True)
class Page:
    """The reader's side of a report."""

    color: bool = False
    width: int | None = None
    """Terminal columns; None where there is no terminal: then nothing is cut and nothing is
    wrapped."""
    remembered: bool = True
    """Is it of the run that `prober fix` takes where none is named."""

    @property
    def limit(self) -> int | None:
        """The width to keep to, or None."""
        return None if self.width is None else max(self.width, MIN_WIDTH)

    def room(self, used: int) -> int | None:
        """The columns left of the width when `used` are taken; None: no limit."""
        return None if self.limit is None else max(self.limit - used, 1)

    def paint(self, text: str, style: Style | None) -> str:
        """The text in a style. Its width must be settled before: escapes take no columns but have a
        length."""
        return f"\x1b[{style.value}m{text}{_END}" if self.color and style and text else text
