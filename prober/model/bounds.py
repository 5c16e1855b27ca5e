"""PURE. How much an observation may hold, so that no server's answer and no stream is larger than
what can be kept.

Whatever a server says ends up in evidence: a certificate with a thousand names, a TXT record of 50
KB, a banner made of escape sequences. An agent cuts it to these limits before it writes a line, and
whoever reads the line does so again, because a line need not come from an agent. What was left out
is said in the evidence's notes.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from prober.model.outcome import Evidence, Observation

MOST_PODS = 10_000
"""Of one workload: neither a slip of the finger nor a foreign kind whose counts nobody checked may
fill the memory."""
LONGEST_LINE = 131_072
"""Bytes of one line of an agent's stream, without the newline."""
LONGEST_TEXT = 400
"""Characters of any text; what is longer ends in an ellipsis."""
MOST_ITEMS = 32
"""Items of any list of evidence: servers asked, answers, names, hops, notes."""
MOST_ATTEMPTS = 100
"""Tries of one probe, each of which is reported."""
_MOST_CHARACTERS = 16_384
"""Of all texts of an observation together. A character takes at most four bytes (control
characters, which JSON escapes with six, are replaced), so half of the longest line is left for the
numbers and the names of the fields."""
_FEW = 5
"""Attempts, ICMP errors and notes, of at most three texts each."""
_TOO_LONG = "the evidence was longer than a line may be, and was left out"


def bounded(observation: Observation) -> Observation:
    """The observation within the limits, with a note for what was left out of its evidence. Itself
    if nothing was."""
    notes: list[str] = []
    cut: Observation = _cut(observation, "", notes)
    if not _is_short(cut) and _characters(cut) > _MOST_CHARACTERS:
        notes = [_TOO_LONG]
        attempts = tuple(dataclasses.replace(attempt, detail="") for attempt in cut.attempts)
        evidence = Evidence(errno=cut.evidence.errno, local=cut.evidence.local)
        cut = dataclasses.replace(cut, evidence=evidence, attempts=attempts)
    if notes:
        kept = cut.evidence.notes[: MOST_ITEMS - len(notes)]
        cut = dataclasses.replace(
            cut, evidence=dataclasses.replace(cut.evidence, notes=(*kept, *notes))
        )
    return cut


def _is_short(observation: Observation) -> bool:
    """Whether so few texts are in it that they cannot be too long together: most observations."""
    seen = observation.evidence
    few = len(observation.attempts) + len(seen.icmp) + len(seen.notes) <= _FEW
    return few and not (seen.dns or seen.tls or seen.http or seen.hops)


def plain(text: str, limit: int = LONGEST_TEXT) -> str:
    """The text without what a terminal would act upon (control and format characters, lone
    surrogates), and not longer than `limit` characters."""
    if len(text) > limit:
        text = f"{text[: limit - 1]}…"
    return (
        text
        if text.isprintable()
        else "".join(char if char.isprintable() else "." for char in text)
    )


_NUMBERS = frozenset((bool, int, float, type(None)))


_FIELDS: dict[type[Any], tuple[str, ...]] = {}


def _fields(value: Any) -> tuple[str, ...]:
    """The names of a dataclass's fields. Asked of every part of every observation, of which there
    may be ten thousand a second."""
    names = _FIELDS.get(type(value))
    if names is None:
        names = _FIELDS[type(value)] = tuple(field.name for field in dataclasses.fields(value))
    return names


def _cut(value: Any, name: str, notes: list[str]) -> Any:
    """The value within the limits; `name` is what a note calls it. The same object where nothing
    has to go."""
    if not value or type(value) in _NUMBERS:
        return value
    if isinstance(value, str):
        cut = plain(value)
        return value if cut == value else cut
    if isinstance(value, tuple):
        return _cut_list(value, name, notes)
    if isinstance(value, type) or not dataclasses.is_dataclass(value):
        return value
    changed = {}
    for field in _fields(value):
        if field == "probe" and isinstance(value, Observation):
            continue  # an id is compared, and never shown without being made plain
        old = getattr(value, field)
        new = _cut(old, field, notes) if old else old
        if new is not old:
            changed[field] = new
    return dataclasses.replace(value, **changed) if changed else value


def _cut_list(items: tuple[Any, ...], name: str, notes: list[str]) -> tuple[Any, ...]:
    """The first items and the last, which is the one that decided wherever the order means
    something."""
    most = MOST_ATTEMPTS if name == "attempts" else MOST_ITEMS
    if len(items) > most:
        notes[:] = [*notes, f"{name}: {len(items) - most} of {len(items)} are left out"][
            :MOST_ITEMS
        ]
        items = (*items[: most - 1], items[-1])
    cut = tuple(_cut(item, name, notes) for item in items)
    return items if all(new is old for new, old in zip(cut, items, strict=True)) else cut


def _characters(value: Any) -> int:
    """Of all texts in the value, and eight for anything else: a number, or a field that holds
    nothing."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, tuple):
        return sum(map(_characters, value)) if value else 0
    if isinstance(value, (int, float, type)) or not dataclasses.is_dataclass(value):
        return 8
    texts: list[int] = [_characters(getattr(value, field)) for field in _fields(value)]
    return sum(texts)
