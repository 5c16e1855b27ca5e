"""Report files: the format from the suffix, each file whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from prober.model.errors import ReportError, UsageError
from prober.model.run import RunRecord
from prober.report import FORMATS, render


def check_paths(paths: Sequence[Path]) -> None:
    """Find out before a run what would stop its reports from being written after it.

    Raises `UsageError` for a suffix that means nothing and for a file named twice, `ReportError`
    where the place can't take a file (no such directory, a directory itself, no permission,
    read-only). Leaves nothing behind.
    """
    seen: set[Path] = set()
    for path in paths:
        format_of(path)
        place = _real(path)
        if place in seen:
            raise UsageError(
                f"report {path} is asked for twice", hint="give every --report a file of its own"
            )
        seen.add(place)
        check_writable(path)


def check_writable(path: Path) -> None:
    """The same for one file of any kind. Raises `ReportError`."""
    try:
        place = _real(path)
        _reject_directory(place)
        # Only a real file shows it: as root, and on file systems mounted read-only, permissions
        # alone mislead.
        temporary = _temporary(place)
        os.close(_create(temporary))
        temporary.unlink()
    except OSError as error:
        raise _translated(path, error) from error


def write_reports(record: RunRecord, paths: Sequence[Path]) -> None:
    """Write the record to every path, as `write_files` does."""
    write_files({path: render(record, format_of(path)) for path in paths})


def write_files(texts: Mapping[Path, str]) -> None:
    """Write every text to its path.

    One that fails does not stop the others; what failed is raised at the end, as one `ReportError`.
    A file is either complete or as it was before: it is written beside its place, synced and
    renamed.
    """
    errors: list[ReportError] = []
    for path, text in texts.items():
        try:
            _write(_real(path), text.encode("utf-8"))
        except OSError as error:
            errors.append(_translated(path, error))
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ReportError("\n".join(map(str, errors)), hint=errors[0].hint)


def format_of(path: Path) -> str:
    """The name of the format that the file's suffix chooses. Raises `UsageError` for any other
    suffix."""
    for name, entry in FORMATS.items():
        if path.suffix.lower() in entry.suffixes:
            return name
    known = ", ".join(suffix for entry in FORMATS.values() for suffix in entry.suffixes)
    said = f"the suffix {path.suffix!r}" if path.suffix else "no suffix"
    raise UsageError(f"report {path} has {said}, which says no format", hint=f"use one of {known}")


def _real(path: Path) -> Path:
    """The file behind symbolic links: a rename would replace the link instead."""
    return Path(os.path.realpath(path))


def _reject_directory(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _temporary(path: Path) -> Path:
    """A name beside the file, on the same file system, so that the rename is atomic."""
    return path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.tmp")


def _create(path: Path) -> int:
    """A new file with the permissions that the umask leaves (mkstemp would keep everybody else from
    reading it)."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)


def _write(path: Path, content: bytes) -> None:
    _reject_directory(path)
    temporary = _temporary(path)
    descriptor = _create(temporary)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            # Some file systems say only here that there is no space left.
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _translated(path: Path, error: OSError) -> ReportError:
    """The one place where the operating system's errors about reports become ours."""
    hints = {
        errno.ENOSPC: "free some space, or write the report to another file system",
        errno.EDQUOT: "the disk quota is used up: free some space, or write the report elsewhere",
        errno.EACCES: "write it where you may, or change the permissions of the directory",
        errno.EPERM: "write it where you may, or change the permissions of the directory",
        errno.EROFS: "this file system is read-only: write the report elsewhere",
        errno.EISDIR: "name a file in it, such as run.json",
        errno.ENOENT: "make the directory first",
        errno.ENOTDIR: "a part of the path is a file, not a directory",
    }
    reason = os.strerror(error.errno) if error.errno else str(error)
    return ReportError(
        f"report {path} can't be written: {reason[:1].lower()}{reason[1:]}",
        hint=hints.get(error.errno or 0, "write the report elsewhere"),
    )
