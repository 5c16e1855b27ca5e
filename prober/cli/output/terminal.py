"""What the other side of stdout and stderr is, and what it wants to see."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from typing import TextIO


def wants_color(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Colour is for terminals that know it, and for people who did not decline it
    (https://no-color.org)."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def width() -> int | None:
    """The terminal's columns; None where nothing needs to be cut, because stdout is a file or a
    pipe."""
    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else None
