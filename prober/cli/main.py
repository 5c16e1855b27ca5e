"""The entry point. It imports what a command needs when it is called, and click not before there is
a command: of a `prober --version` the imports are nearly all that it costs."""

from __future__ import annotations

import os
import sys

from prober import __version__


def main() -> None:
    """Run the command line and exit with the code that `ExitCode` documents. Never shows a
    traceback."""
    try:
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        # Before the command's own handler is there: most of a short command is its imports.
        code = _interrupted()
    sys.exit(code)


def run(args: list[str]) -> int:
    """Run the command line with `args` and return the exit code."""
    if args in (["--version"], ["-V"]) and _told_version():
        return 0
    from prober.cli.calling import run as call

    return call(args)


def _interrupted() -> int:
    from contextlib import suppress

    from prober.model.errors import ExitCode

    with suppress(OSError):
        os.write(2, b"prober: interrupted\n")
    return ExitCode.INTERRUPTED


def _told_version() -> bool:
    """Whether stdout took it; if it is closed, full or not a file, the long way says so. The words
    are prober's own: nothing in them has to be made harmless for a terminal."""
    try:
        os.write(sys.stdout.fileno(), f"prober {__version__}\n".encode())
    except (OSError, ValueError, AttributeError):
        return False
    return True


if __name__ == "__main__":
    main()
