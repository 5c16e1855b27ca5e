"""A command line, called: its exit code, and a sentence for whatever goes wrong."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import click

from prober.cli import terminal
from prober.cli.group import cli
from prober.model.errors import ExitCode, ProberError


def run(args: list[str]) -> int:
    """Run the command line with `args` and return the exit code."""
    terminal.open_streams()
    signal.signal(signal.SIGTERM, _interrupt)
    code = _called(args)
    lost = _lost()  # what is still in the buffer may be what does not fit any more
    return _unseen(lost) if lost else code


_LOST = (errno.EPIPE, errno.EBADF, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a stream says that does not take what is written."""


def _lost() -> terminal.OutputError | None:
    """Why stdout does not take what was printed, if so."""
    try:
        sys.stdout.flush()
    except OSError as error:
        return terminal.OutputError(error)
    return None


def _called(args: list[str]) -> int:
    """The command's exit code, its errors explained."""
    try:
        result = cli.main(args=args, prog_name=_name(sys.argv[0]), standalone_mode=False)
        terminal.raise_unseen()
    except (click.exceptions.Abort, KeyboardInterrupt):
        terminal.note("interrupted")
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        _explain_usage(error)
        return ExitCode.USAGE
    except terminal.OutputError as error:
        return _unseen(error)
    except ProberError as error:
        terminal.explain(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last net: a defect of ours is still a sentence, and never a green
        return _defect(error, args)
    return int(result) if isinstance(result, int) else ExitCode.OK


def _unseen(error: terminal.OutputError) -> int:
    """The result could not be shown: whatever it was, it is not a success. A reader of a pipe that
    went away (head, less) knows."""
    # What is left in the buffer goes nowhere: else Python tries again at exit, and complains.
    with suppress(OSError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
    if not error.reader_left:
        terminal.explain(error)
    return error.exit_code


def _name(path: str) -> str:
    """What a person typed, for the usage text: kubectl calls its plugins by their file."""
    return "kubectl prober" if Path(path).name == "kubectl-prober" else "prober"


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _explain_usage(error: click.ClickException) -> None:
    """As click shows it, but that a word of the command line begins no line of its own."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):  # its message is the help page
        for line in error.format_message().splitlines():
            terminal.say(line, err=True)
        return
    text = io.StringIO()
    error.show(file=text)
    usage, _, _ = text.getvalue().rpartition(f"Error: {error.format_message()}")
    for line in usage.splitlines():
        terminal.say(line, err=True)
    terminal.say(f"Error: {error.format_message()}", err=True)


def _defect(error: Exception, args: list[str]) -> int:
    """Say that something went wrong which nobody foresaw. The traceback is for those who ask for
    it."""
    if isinstance(error, OSError) and error.filename is None and error.errno in _LOST:
        return _unseen(terminal.OutputError(error))  # click's own, such as a help page
    if isinstance(error, OSError):
        terminal.note(str(error))
        return ExitCode.UNKNOWN
    terminal.note(f"a defect of prober itself: {type(error).__name__}: {error}")
    if any(arg.startswith("-v") or arg == "--verbose" for arg in args):
        import traceback

        for line in "".join(traceback.format_exception(error)).splitlines():
            terminal.say(line, err=True)
    else:
        terminal.say("  hint: repeat it as `prober -v …` and report what that prints", err=True)
    return ExitCode.UNKNOWN
