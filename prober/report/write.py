"""Report files: the format from the suffix, each file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from prober.files import check_writable, write_files
from prober.model.errors import UsageError
from prober.model.run import RunRecord
from prober.report import FORMATS, render


def check_paths(paths: Sequence[Path]) -> None:
    """Find out before a run what would stop its reports from being written after it.

    Raises `UsageError` for a suffix that means nothing and for a file named twice, `ReportError`
    where the place can't take a file (no such directory, a directory itself, no permission,
    read-only). Leaves nothing behind.
    """
    seen: set[str] = set()
    for path in paths:
        format_of(path)
        place = os.path.realpath(path)
        if place in seen:
            raise UsageError(
                f"report {path} is asked for twice", hint="give every --report a file of its own"
            )
        seen.add(place)
        check_writable(path)


def write_reports(record: RunRecord, paths: Sequence[Path]) -> None:
    """Write the record to every path, as `prober.files.write_files` does."""
    write_files({path: render(record, format_of(path)) for path in paths})


def format_of(path: Path) -> str:
    """The name of the format that the file's suffix chooses. Raises `UsageError` for any other
    suffix."""
    for name, entry in FORMATS.items():
        if path.suffix.lower() in entry.suffixes:
            return name
    known = ", ".join(suffix for entry in FORMATS.values() for suffix in entry.suffixes)
    said = f"the suffix {path.suffix!r}" if path.suffix else "no suffix"
    raise UsageError(f"report {path} has {said}, which says no format", hint=f"use one of {known}")
