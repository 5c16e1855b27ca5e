"""A bundle into a directory or an archive."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

from prober.files import write_files, write_tree
from prober.model.errors import UsageError

SUFFIXES = (".tar.gz", ".tgz")
_MODE = 0o600
"""Evidence names what a network consists of: for its owner to hand on, not for everybody on the
machine."""


def is_archive(target: Path) -> bool:
    """Whether the name asks for an archive."""
    return target.name.endswith(SUFFIXES)


def check_target(target: Path) -> None:
    """Find out before a run what would stop the bundle from being written after it. Raises
    `UsageError`."""
    if is_archive(target):
        if target.is_dir():
            raise UsageError(
                f"{target} is a directory", hint="name a file, or a directory without .tar.gz"
            )
        if not target.absolute().parent.is_dir():
            raise UsageError(f"there is no directory {target.parent}", hint="make it first")
    elif target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(
            f"{target} exists and is not an empty directory",
            hint="name a new directory, or a .tar.gz",
        )


def pack(files: Mapping[str, str], target: Path) -> None:
    """Write the files. Raises `ReportError` where the target cannot take them."""
    if is_archive(target):
        write_files({target: _archive(files, target)}, what="evidence", private=True)
    else:
        write_tree(target, files, what="the evidence in", private=True)


def _archive(files: Mapping[str, str], target: Path) -> bytes:
    """The same bytes for the same files: no times, no users. Everything is in one directory, named
    as the archive."""
    root = target.name
    for suffix in SUFFIXES:
        root = root.removesuffix(suffix)
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, text in files.items():
            content = text.encode("utf-8")
            entry = tarfile.TarInfo(f"{root}/{path}")
            entry.size, entry.mode = len(content), _MODE
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(raw.getvalue(), mtime=0)
