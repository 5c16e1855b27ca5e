"""Objects that options change, as one Helm template.

The objects are made without any option, with each alone, and with all. Comparing their lines tells
which lines every installation has, which an option adds, and which it takes away; so what an option
changes is said where the objects are made and nowhere else.

That holds where options do not depend on each other: what two of them do together is what each does
alone. Tests render the combinations and compare them with the objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby

Line = tuple[str, str]
"""A condition, empty where there is none, and a line of text."""


def template(without: str, alone: Mapping[str, str], everything: str) -> str:
    """The template. `alone` has the text with each option, by the value that turns it on."""
    base, full = without.splitlines(), everything.splitlines()
    singles = {option: text.splitlines() for option, text in alone.items()}
    return "".join(_blocks(_conditional(base, singles, full)))


def _conditional(
    base: Sequence[str], singles: Mapping[str, Sequence[str]], full: Sequence[str]
) -> Iterator[Line]:
    kept = {option: _matched(base, lines) for option, lines in singles.items()}
    added = {option: _matched(full, lines) for option, lines in singles.items()}
    for kind, start, end, begin, until in _opcodes(base, full):
        if kind == "equal":
            yield from (("", line) for line in base[start:end])
            continue
        for place in range(start, end):
            without = [option for option, lines in kept.items() if place not in lines]
            yield f"not {_any(without)}", base[place]
        for place in range(begin, until):
            yield _any([option for option, lines in added.items() if place in lines]), full[place]


def _blocks(lines: Iterator[Line]) -> Iterator[str]:
    """The lines that a condition holds for, within it."""
    for condition, group in groupby(lines, key=lambda line: line[0]):
        text = "".join(f"{line}\n" for _, line in group)
        yield f"{{{{- if {condition} }}}}\n{text}{{{{- end }}}}\n" if condition else text


def _any(options: Sequence[str]) -> str:
    """The condition that any of these options is on."""
    values = " ".join(f".Values.{option}" for option in options)
    return values if len(options) == 1 else f"(or {values})"


def _matched(lines: Sequence[str], others: Sequence[str]) -> frozenset[int]:
    """The places in the first that the second has too."""
    return frozenset(
        place
        for kind, start, end, _, _ in _opcodes(lines, others)
        if kind == "equal"
        for place in range(start, end)
    )


def _opcodes(
    lines: Sequence[str], others: Sequence[str]
) -> Sequence[tuple[str, int, int, int, int]]:
    matcher = SequenceMatcher(None, _placed(lines), _placed(others), autojunk=False)
    return matcher.get_opcodes()


def _placed(lines: Sequence[str]) -> Sequence[tuple[str, ...]]:
    """Each line after those that it is within: `readOnly: true` of one item is not that of
    another."""
    within: list[tuple[int, str]] = []
    placed = []
    for line in lines:
        depth = len(line) - len(line.lstrip())
        while within and within[-1][0] >= depth:
            within.pop()
        within.append((depth, line))
        placed.append(tuple(text for _, text in within))
    return placed
