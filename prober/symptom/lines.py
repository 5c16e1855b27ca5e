"""Lines of a stream, each bounded: a line of a gigabyte costs as much memory as a long one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

LONGEST = 1024 * 1024
"""Bytes kept of one line's beginning; `cleaning` reads less of it."""
ENDING = 64 * 1024
"""And of its end, where it is longer."""


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """Each line without its newline, bytes that are no UTF-8 replaced. Lines end at `\\n` only."""
    while piece := stream.readline(LONGEST):
        ending = b""
        while not piece.endswith(b"\n") and (more := stream.readline(LONGEST)):
            ending = (ending + more)[-ENDING:]
            if more.endswith(b"\n"):
                break
        whole = piece + b" " + ending if ending else piece
        yield whole.decode("utf-8", "replace").rstrip("\r\n")
