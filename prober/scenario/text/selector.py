"""Label selectors in kubectl's text form: `app=web,tier!=db,track in (a,b),!canary`.

The way back to text is `prober.policy.deciding.rules.selectors.describe`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prober.model.objects import LabelSelector, Requirement
from prober.scenario.errors import BadReference

_PART = r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"
_KEY = re.compile(rf"({_PART}/)?{_PART}")
_VALUE = re.compile(rf"({_PART})?")
_SET = re.compile(r"(?P<key>\S+)\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)")
_EQUALITY = re.compile(r"(?P<key>[^=!]*)(?P<operator>!=|==|=)(?P<value>.*)", re.DOTALL)

HINT = "write labels as kubectl does: app=web,tier!=db,track in (a,b),!canary"


def parse_selector(text: str) -> LabelSelector:
    """The selector that `text` writes; empty text selects everything.

    Raises `BadReference`, with the position in `text`.
    """
    equalities: dict[str, str] = {}
    expressions: list[Requirement] = []
    for start, term in _terms(text):
        requirement = _requirement(text, start, term)
        if (
            requirement.operator == "In"
            and len(requirement.values) == 1
            and requirement.key not in equalities
        ):
            equalities[requirement.key] = requirement.values[0]
        else:
            expressions.append(requirement)
    return LabelSelector(equalities, tuple(expressions))


def _terms(text: str) -> Iterator[tuple[int, str]]:
    """The parts between commas that are not in parentheses, each with where it starts."""
    if not text.strip():
        return
    start, depth = 0, 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            yield start, text[start:index]
            start = index + 1
    yield start, text[start:]


def _requirement(text: str, start: int, raw: str) -> Requirement:
    term = raw.strip()
    if not term:
        raise BadReference(text, start, "a label is missing between commas", hint=HINT)
    sets = _SET.fullmatch(term)
    if sets:
        values = tuple(value.strip() for value in sets["values"].split(","))
        key = _key(text, start, sets["key"])
        return Requirement(
            key, "In" if sets["operator"] == "in" else "NotIn", _values(text, start, values)
        )
    equality = _EQUALITY.fullmatch(term)
    if equality:
        key = _key(text, start, equality["key"].strip())
        operator = equality["operator"]
        return Requirement(
            key,
            "NotIn" if operator == "!=" else "In",
            _values(text, start, (equality["value"].strip(),)),
        )
    if term.startswith("!"):
        return Requirement(_key(text, start, term[1:].strip()), "DoesNotExist")
    return Requirement(_key(text, start, term), "Exists")


def _key(text: str, start: int, key: str) -> str:
    if not _KEY.fullmatch(key):
        raise BadReference(text, start, f"`{key}` is not a label's key", hint=HINT)
    return key


def _values(text: str, start: int, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if len(value) > 63 or not _VALUE.fullmatch(value):
            raise BadReference(text, start, f"`{value}` is not a label's value", hint=HINT)
    return values
