"""Which files and directories a person wants passed over."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path


def is_excluded(path: Path, patterns: Sequence[str]) -> bool:
    """Whether a path, from the directory that was given, fits one of the patterns as the shell has
    them: as a whole, or one of its parts."""
    names = (path.as_posix(), *path.parts)
    return any(fnmatchcase(name, pattern.rstrip("/")) for pattern in patterns for name in names)
