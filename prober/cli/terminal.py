"""The one way to stdout and stderr, and what the other side of them is and wants to see.

Nearly every word that prober prints was chosen by somebody else: names in manifests and records,
answers from the wire, messages of a server, paths of files. A terminal obeys what it is sent:
escape sequences move its cursor, change its title and its clipboard, and marks of direction make
one word look like another. So nothing is printed but through `say`, which writes every such
character as its escape, as in `\\x1b`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO

from prober.model.errors import ProberError
from prober.report import ELLIPSIS, PAINT, printable

_PAINT = re.compile("(" + "|".join(map(re.escape, PAINT)) + ")")
_LONGEST_LINE = 2000
"""Characters of a line of an error: more is a value that somebody put there to be quoted."""
_MOST_LINES = 500


class OutputError(ProberError):
    """What a command found out could not be printed."""

    def __init__(self, cause: OSError) -> None:
        reason = cause.strerror or str(cause)
        super().__init__(
            f"the output cannot be written: {reason[:1].lower()}{reason[1:]}",
            hint="stdout is closed, or its disk is full; --report FILE writes a file as well",
        )
        self.reader_left = isinstance(cause, BrokenPipeError)
        """A pipe whose reader has read enough: there is nobody to tell."""


_unseen: list[OutputError] = []
"""Of this call of the command line."""


def say(text: str = "", *, err: bool = False) -> None:
    """Print one line on stdout, or on stderr: a line end in a name begins no line of its own.

    Raises `OutputError` where stdout cannot take it. That stderr cannot is nothing that could be
    told to anybody."""
    _print(printable(text) + "\n", err=err)


def show(block: str, *, painted: bool = False) -> None:
    """Print text of several lines on stdout. `painted`: colours stay. Raises `OutputError`."""
    _print(harmless(block.removesuffix("\n"), painted=painted) + "\n", err=False)


def show_first(block: str, *, painted: bool = False) -> None:
    """As `show`, for commands that have more to do than to print: where stdout cannot take it, that
    is kept until `raise_unseen`, so that the report files are written all the same."""
    try:
        show(block, painted=painted)
    except OutputError as error:
        _unseen.append(error)


def raise_unseen() -> None:
    """Raises the first `OutputError` that `show_first` kept."""
    if _unseen:
        raise _unseen[0]


def _print(text: str, *, err: bool) -> None:
    stream = sys.stderr if err else sys.stdout
    try:
        # Flushed at once, so that a full disk or a closed pipe is an error of this line and not
        # one that Python prints at exit, after the exit code was decided.
        stream.write(text)
        stream.flush()
    except OSError as error:
        if not err:
            raise OutputError(error) from error


def say_all(pieces: Iterable[str]) -> None:
    """Print many small pieces on stdout at once: `say` would flush after each. Raises
    `OutputError`."""
    try:
        sys.stdout.writelines(map(harmless, pieces))
        sys.stdout.flush()
    except OSError as error:
        raise OutputError(error) from error


def note(text: str) -> None:
    """A sentence beside the results, on stderr."""
    say(f"prober: {text}", err=True)


def confirm(question: str) -> bool:
    """Ask on stderr, and read yes or no from stdin."""
    import click

    return click.confirm(printable(question), err=True)


def explain(error: ProberError) -> None:
    """Say on stderr what is wrong, and what to do next."""
    lines = str(error).splitlines() or [type(error).__name__]
    note(_cut(lines[0]))
    for line in lines[1:_MOST_LINES]:
        say(f"        {_cut(line)}", err=True)
    if len(lines) > _MOST_LINES:
        say(f"        and {len(lines) - _MOST_LINES} more lines", err=True)
    if error.hint:
        say(f"  hint: {_cut(error.hint)}", err=True)


def harmless(text: str, *, painted: bool = False) -> str:
    """The text without what a terminal would obey: line ends stay, and colours where it is
    `painted`."""
    # The usual case, in C and without a copy. A matrix of a large cluster is many megabytes of
    # plain ASCII.
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "\n".join(_line(line, painted=painted) for line in text.split("\n"))


def _line(line: str, *, painted: bool) -> str:
    if not painted or "\x1b" not in line:
        return printable(line)
    return "".join(
        # Only our own colour sequences pass, compared literally. A name from the cluster that
        # contains an escape sequence is split from them and escaped.
        part if _PAINT.fullmatch(part) else printable(part)
        for part in _PAINT.split(line)
    )


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + ELLIPSIS


def open_streams() -> None:
    """Give the process the three streams that its caller may have closed (`>&-`), before it opens
    anything.

    Else the next file or connection would get the number of stdout, and what is printed would go
    there. What is written to a stdout that was closed fails, as it should: a result that nobody can
    see is not a success."""
    _unseen.clear()
    # stdin before stdout before stderr: the kernel hands out the lowest free number, so a closed 0
    # has to be filled before anything could take 1.
    for number, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            # stdout is opened read-only on purpose: writing to it fails with EBADF. A result that
            # nobody can see must not end with exit code 0.
            descriptor = os.open(os.devnull, mode)  # the lowest number that is free is this one
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a test's stream may be of another kind
            stream.reconfigure(errors="backslashreplace")


def wants_color(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Colour is for terminals that know it, and for people who did not decline it
    (https://no-color.org)."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def width() -> int | None:
    """The terminal's columns; None where nothing needs to be cut, because stdout is a file or a
    pipe."""
    import shutil

    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else None
