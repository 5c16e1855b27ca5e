"""Text for a terminal: what is safe to print, how wide it is, and how to make it fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

ELLIPSIS = "…"
ARROW = " → "


def printable(text: str) -> str:
    """One line that cannot move the cursor or change colours: names, banners and headers come from
    others.

    Every kind of white space becomes a space, every other unprintable character (controls, escapes,
    bidirectional marks, lone surrogates) its Python escape, as in `\\x1b`.
    """
    return text if text.isprintable() else "".join(_safe(char) for char in text)


def _safe(char: str) -> str:
    # str.isprintable follows the Unicode database: it is false for all control, format, surrogate,
    # private and unassigned characters (categories Other and Separator, except the space). This
    # covers escape sequences and the bidirectional overrides of "Trojan Source" (CVE-2021-42574).
    if char.isprintable():
        return char
    if char in "\t\n\r" or unicodedata.category(char) in ("Zs", "Zl", "Zp"):
        return " "
    return char.encode("unicode_escape").decode("ascii")


def escape_unprintable(text: str, escape: Callable[[str], str]) -> str:
    """The text with each unprintable character but the line feed replaced by `escape` of it.

    For formats that have escapes of their own and so lose nothing. Lone surrogates stay: no escape
    makes them valid.
    """
    for char in set(text):
        if not char.isprintable() and char != "\n" and unicodedata.category(char) != "Cs":
            text = text.replace(char, escape(char))
    return text


def cells(text: str) -> int:
    """How many terminal columns the text takes: two for wide East Asian characters, none for
    combining marks."""
    return len(text) if text.isascii() else sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    # An approximation of wcwidth(3): good enough for aligning columns, and exact for what
    # Kubernetes allows in names.
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def pad(text: str, width: int) -> str:
    """The text with spaces on its right, up to `width` columns."""
    return text + " " * max(0, width - cells(text))


def pad_left(text: str, width: int) -> str:
    """The text with spaces on its left, up to `width` columns."""
    return " " * max(0, width - cells(text)) + text


def shorten(text: str, width: int) -> str:
    """The text in at most `width` columns, its middle replaced by an ellipsis: the end holds ports
    and pod suffixes."""
    if cells(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    tail = (width - 1) // 2
    return _head(text, width - 1 - tail) + ELLIPSIS + _head(text[::-1], tail)[::-1]


def _head(text: str, width: int) -> str:
    """As much of the start as fits into `width` columns."""
    used = 0
    for index, char in enumerate(text):
        used += _cell(char)
        if used > width:
            return text[:index]
    return text


def shorten_flow(text: str, width: int) -> str:
    """Like `shorten`, but of `SOURCE → DESTINATION` both ends stay recognisable: each keeps its
    fair share."""
    source, arrow, destination = text.partition(ARROW)
    room = width - len(ARROW)
    if not arrow or cells(text) <= width or room < 8:
        return shorten(text, width)
    # A short side gives its unused columns to the other one. The end of a pod's name (its hash)
    # and the port of a destination are what tells two flows apart, so the middle is cut.
    half = room // 2
    left = min(cells(source), max(half, room - cells(destination)))
    return shorten(source, left) + ARROW + shorten(destination, room - left)


def clip(sentence: str, most: int) -> str:
    """The sentence in about `most` characters, cut at a space, and where the rest of it is."""
    if len(sentence) <= most:
        return sentence
    return f"{sentence[:most].rpartition(' ')[0].rstrip(',;:')} {ELLIPSIS} (all of it: -o wide)"


def wrap(text: str, width: int | None) -> list[str]:
    """The text in lines of at most `width` columns (None: no limit), broken at spaces where there
    are any.

    Line breaks in the text are kept; a word that is wider than a line (Chinese has no spaces) is
    cut.
    """
    lines: list[str] = []
    for paragraph in text.splitlines():
        lines.extend(
            [printable(paragraph)]
            if width is None
            else _wrap_line(printable(paragraph), max(width, 2))
        )
    return [line for line in lines if line.strip()]


def hanging(text: str, width: int | None) -> list[str]:
    """Like `wrap`, the lines after the first indented, so that sentences below each other stay
    apart."""
    if width is None or cells(printable(text)) <= width:
        return wrap(text, width)
    first, *rest = wrap(text, width - 2) or [""]
    return [first, *("  " + line for line in rest)]


def _wrap_line(text: str, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if cells(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width)
        lines.extend(full)
    return [*lines, line]


def _pieces(word: str, width: int) -> Iterator[str]:
    """The word in pieces of at most `width` columns; at least one."""
    while cells(word) > width:
        piece = _head(word, width)
        yield piece
        word = word[len(piece) :]
    yield word


def plural(count: int, noun: str) -> str:
    """`1 check`, `2 checks`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
