"""The exception tree. Foreign errors are translated into it at the one edge where they appear.

Every error is for a person: `str(error)` says what is wrong, `hint` says what to do next, and its
class decides the exit code. Nothing else in the project ends a command.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command: their one home. The lists in README.md and docs/reports.md
    are tested by it."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNKNOWN = 3
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """What the code tells a script, in one line."""
        return {
            ExitCode.OK: "everything is as expected",
            ExitCode.FAILED: (
                "a check failed, a verdict is leak or blocked, or something changed that should not"
            ),
            ExitCode.USAGE: "the scenario, a manifest or the command line is wrong",
            ExitCode.UNKNOWN: (
                "it could not be found out: fabric unreachable, probes could not run, or "
                "inconclusive"
            ),
            ExitCode.INTERRUPTED: "interrupted",
        }[self]


class ProberError(Exception):
    """The root of everything that ends a command with a sentence instead of a traceback."""

    exit_code: ExitCode = ExitCode.UNKNOWN

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        """What to do next, in one sentence; empty where the message already says it."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a file something was written."""

    file: str
    """The path as the user gave it."""
    line: int = 0
    """1-based; 0 when the line is not known."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in an input file."""

    location: Location
    path: str
    """The field, as in `checks[2].to`; empty when the whole file is meant."""
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.location}: {self.path}: " if self.path else f"{self.location}: "
        return where + self.message + (f" ({self.hint})" if self.hint else "")


class UsageError(ProberError):
    """The command line is wrong."""

    exit_code = ExitCode.USAGE


def in_order(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """Each mistake once, file by file (in the order in which they first appear) and line by
    line."""
    distinct = dict.fromkeys(mistakes)
    files = list(dict.fromkeys(mistake.location.file for mistake in distinct))
    return tuple(
        sorted(
            distinct,
            key=lambda mistake: (files.index(mistake.location.file), mistake.location.line),
        )
    )


class InputError(UsageError):
    """Input files are wrong. Carries every mistake found, not only the first."""

    def __init__(self, mistakes: Sequence[Mistake], *, hint: str = "") -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes), hint=hint)


class FabricError(ProberError):
    """The cluster or the lab could not be reached or built, so nothing could be found out."""


class ReportError(ProberError):
    """A report could not be written."""
