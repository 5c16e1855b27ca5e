"""Writes what commands print into README.md and docs/getting-started.md, as it comes out.

    python scripts/outputs.py

Every ```console block whose first line is `$ prober …` is run in the lab, in the order of the page,
on a copy of `scenarios/`, on a terminal of 110 columns. A test holds the pages to it, but for
times.
"""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/getting-started.md")
COLUMNS = 110
_BLOCK = re.compile(
    r"(?P<head>```console\n\$ (?P<command>prober [^\n]*)\n)(?P<body>.*?)(?=```)", re.DOTALL
)


def commands(page: str) -> list[tuple[str, str]]:
    """Each command of a page, with what the page says that it prints."""
    return [(match["command"], match["body"]) for match in _BLOCK.finditer(_text(page))]


def outputs(page: str) -> list[str]:
    """What the commands of a page print, one after the other, on a copy of the scenarios."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "scenarios", place / "scenarios")
        return [printed(command, place) for command, _ in commands(page)]


def printed(command: str, place: Path) -> str:
    """What a command writes on a terminal, without colour and without what it says on stderr."""
    main, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    state = str(place / "state")
    # The variable outranks the terminal, and test runners set it.
    environment = {**os.environ, "NO_COLOR": "1", "XDG_STATE_HOME": state, "COLUMNS": str(COLUMNS)}
    with subprocess.Popen(
        [sys.executable, "-m", "prober.cli.main", *shlex.split(command)[1:]],
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.DEVNULL,
    ):
        os.close(terminal)
        content = _drained(main)
    os.close(main)
    return content.decode("utf-8").replace("\r\n", "\n")


def _drained(main: int) -> bytes:
    content = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # how Linux says that the other end is closed
            return content
        if not part:
            return content
        content += part


def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def main() -> None:
    for page in PAGES:
        made = dict(enumerate(outputs(page)))
        pieces: list[str] = []
        end = 0
        for number, match in enumerate(_BLOCK.finditer(_text(page))):
            pieces += [_text(page)[end : match.start()], match["head"], made[number]]
            end = match.end()
        text = "".join([*pieces, _text(page)[end:]])
        (ROOT / page).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
