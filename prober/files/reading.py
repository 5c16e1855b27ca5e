"""A file's text, up to a limit: what is read may be somebody else's, endless, or not text at
all."""

from __future__ import annotations

import os
from pathlib import Path

from prober.model.errors import InputError, Location, Mistake

MOST_BYTES = 256 << 20
"""Of any file that is read: a cluster with ten thousand pods is some 30 MB of JSON."""


def identity(path: Path) -> Path:
    """Where a path leads when links are followed: two names of one file have one identity.

    Of a path that leads nowhere, or in a circle, it is what is left of it: whoever reads that file
    says what is wrong (`Path.resolve` raises, and another error in each version of Python).
    """
    return Path(os.path.realpath(path))


def read_text(path: Path, *, most: int = MOST_BYTES) -> str:
    """The text of a UTF-8 file, or of a pipe (`-f <(helm template …)`). Raises `InputError`."""
    try:
        # The path may name something without an end, such as a device: its size says nothing.
        # One byte more than the limit is read, and that byte is the whole test. stat() would not
        # do: /dev/zero, a pipe and /proc files all claim a size of 0.
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise _mistake(
            path, f"cannot be read: {reason}", "check the path and its permissions"
        ) from None
    except ValueError as error:  # a path with a null byte in it
        raise _mistake(path, f"cannot be read: {error}", "check the path") from None
    if len(content) > most:
        raise _mistake(
            path, f"is larger than {most >> 20} MiB", "split it, or leave out what is not needed"
        )
    try:
        # With or without a byte order mark: PowerShell and some editors on Windows write one, and
        # libyaml would take it for content.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _mistake(
            path, f"is not UTF-8 text (byte {error.start})", "save it as UTF-8"
        ) from None


def _mistake(path: Path, message: str, hint: str) -> InputError:
    return InputError([Mistake(Location(str(path)), "", message, hint)])
