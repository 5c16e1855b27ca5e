"""Calico's selector language: text to a tree.

Source: the selector syntax of the NetworkPolicy reference of Calico's documentation, and its parser
(libcalico-go/lib/selector): `||` binds weaker than `&&`, which binds weaker than `!`.

    all()   global()   has(k)   !has(k)   k == 'v'   k != 'v'   k in {'a', 'b'}   k not in {'a'}
    k contains 's'   k starts with 's'   k ends with 's'   !(…)   … && …   … || …
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

LabelOperator = Literal["==", "!=", "in", "not in", "contains", "starts with", "ends with", "has"]


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Selection, ...]
    """None: everything (`all()`)."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    part: Selection


@dataclass(frozen=True, slots=True)
class Global:
    """`global()`: what is in no namespace."""


@dataclass(frozen=True, slots=True)
class LabelIs:
    key: str
    operator: LabelOperator
    values: tuple[str, ...] = ()


Selection = AllOf | AnyOf | Negation | Global | LabelIs


class SelectorMistake(ValueError):  # noqa: N818 - a mistake in a text, told with its place
    """A text that does not parse: what is wrong, and at which character (0-based)."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<op>\|\||&&|==|!=|!|\(|\)|\{|\}|,)
  | (?P<string>"[^"]*"|'[^']*')
  | (?P<words>not\s+in\b|starts\s+with\b|ends\s+with\b)
  | (?P<name>[A-Za-z0-9_./-]+)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def parse_selector(text: str) -> Selection:
    """The tree of a selector; an empty text selects everything. Raises `SelectorMistake`."""
    if not text.strip():
        return AllOf(())
    parser = _Parser(_tokens(text), len(text))
    tree = parser.either()
    left = parser.peek()
    if left is not None:
        raise SelectorMistake(f"`{left.text}` is not expected here", left.position)
    return tree


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            if text[start] in "'\"":
                raise SelectorMistake("a text is not closed", start)
            hint = " (write ==)" if text[start] == "=" else ""
            raise SelectorMistake(f"`{text[start]}` is not expected here{hint}", start)
        kind = match.lastgroup or ""
        value = " ".join(match[kind].split()) if kind == "words" else match[kind]
        tokens.append(_Token(kind, value, match.start(kind)))
        position = match.end()
    return tokens


class _Parser:
    """One method a level of precedence."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = tokens
        self._end = end
        self._next = 0

    def peek(self) -> _Token | None:
        """The next token; None at the end."""
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def either(self) -> Selection:
        """`… || …`"""
        parts = [self._both()]
        while self._took("||"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self) -> Selection:
        parts = [self._one()]
        while self._took("&&"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self) -> Selection:
        if self._took("!"):
            return Negation(self._one())
        if self._took("("):
            inner = self.either()
            self._need(")")
            return inner
        token = self._name()
        if token.text in ("all", "global", "has") and self._took("("):
            return self._function(token.text)
        return self._comparison(token)

    def _function(self, name: str) -> Selection:
        if name == "has":
            key = self._name().text
            self._need(")")
            return LabelIs(key, "has")
        self._need(")")
        return AllOf(()) if name == "all" else Global()

    def _comparison(self, key: _Token) -> Selection:
        token = self.peek()
        if token is None:
            raise SelectorMistake(f"nothing follows `{key.text}`", self._end)
        self._next += 1
        if token.text in ("==", "!=") or token.text in ("contains", "starts with", "ends with"):
            operator: LabelOperator = token.text  # type: ignore[assignment]  # one of these five words
            return LabelIs(key.text, operator, (self._string(),))
        if token.text in ("in", "not in"):
            return LabelIs(key.text, "in" if token.text == "in" else "not in", self._set())
        raise SelectorMistake(f"`{token.text}` is no operator", token.position)

    def _set(self) -> tuple[str, ...]:
        self._need("{")
        values: list[str] = []
        while not self._took("}"):
            values.append(self._string())
            if not self._took(","):
                self._need("}")
                break
        return tuple(values)

    def _name(self) -> _Token:
        token = self.peek()
        if token is None:
            raise SelectorMistake("a label's key is missing", self._end)
        if token.kind != "name":
            raise SelectorMistake(
                f"`{token.text}` stands where a label's key belongs", token.position
            )
        self._next += 1
        return token

    def _string(self) -> str:
        token = self.peek()
        if token is None:
            raise SelectorMistake("a value in quotes is missing", self._end)
        if token.kind != "string":
            raise SelectorMistake(f"`{token.text}` must be in quotes", token.position)
        self._next += 1
        return token.text[1:-1]

    def _took(self, text: str) -> bool:
        token = self.peek()
        if token is not None and token.kind == "op" and token.text == text:
            self._next += 1
            return True
        return False

    def _need(self, text: str) -> None:
        if not self._took(text):
            token = self.peek()
            raise SelectorMistake(f"`{text}` is missing", token.position if token else self._end)
