"""PURE. The input number N of a seed: an example of the corpus with something done to it.

Everything follows from (seed, number, corpus), so a finding is known by its number. No coverage
guides it: the examples are small and many, and half of the inputs are changed as the format has it
(a field of JSON replaced, a line moved, a length byte wrong) instead of byte by byte.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

LARGEST = 1 << 17
"""Bytes of an input, as a rule: the limits of larger ones have tests of their own."""
_NUMBERS = (
    "0", "-1", "1e999", "-0.0", "NaN", "Infinity", "1e-400", "9" * 400, str(2**31), str(2**63),
    str(-(2**63) - 1), str(2**64), "65536", "0x10", "1_000", "08", "²", "٣", "1.5", "true",
)  # fmt: skip
_TEXTS = (
    "", " ", "\0", "\x1b[2J", "\ud800", "\u202e", "é" * 70, "a" * 300, "..", "../../x", "*", "/",
    "a/b/c", "-", ":", "::", "[", "]", "[::1]", "%", "fe80::1%eth0", "198.18.0.1", "198.18.0.0/33",
    "0.0.0.0/0", "::/0", "example.org", "xn--a", "ａ", "tcp", "TCP", "null", "~", "!!binary aaaa",
    "&a", "*a", "<<", "{{ x }}", "\t", "\r\n", "\x85", "\ufeff", "2026-13-45", "1:30", "=", "a=b=c",
    "\x00" * 9, "%s%n", "'", '"', "\\", "$(id)", "namespace", "ns/x", "deploy/", "svc/a.b", "@", "#",
)  # fmt: skip
_BYTES = (
    b"\0",
    b"\xff",
    b"\xfe\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\n",
    b"\r",
    b"\x1b",
    b"\x7f",
    b"\x80",
)
_DIGITS = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?")

Change = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def mutated(seed: int, number: int, corpus: Sequence[bytes], *, structured: bool) -> bytes:
    """The input of that number. `structured` says that the corpus is JSON, whole or by lines."""
    chance = random.Random(seed << 40 | number)  # noqa: S311 - to be had again, not secret
    data = chance.choice(corpus)
    if structured and chance.random() < 0.6:
        return _as_json(chance, data)[:LARGEST]
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        data = chance.choice(_CHANGES)(chance, data, corpus)
    return data[:LARGEST]


def _place(chance: random.Random, data: bytes) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(start + chance.choice((1, 1, 2, 4, 16, 64)), len(data))


def _replace(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    start, end = _place(chance, data)
    return data[:start] + chance.randbytes(chance.choice((1, 1, 2, 8))) + data[end:]


def _flip(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    if not data:
        return b"\0"
    start = chance.randrange(len(data))
    return data[:start] + bytes((data[start] ^ 1 << chance.randrange(8),)) + data[start + 1 :]


def _delete(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    start, end = _place(chance, data)
    return data[:start] + data[end:]


def _cut(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    return data[: _place(chance, data)[0]]


def _insert(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    start, _ = _place(chance, data)
    token = chance.choice(_TEXTS).encode("utf-8", "surrogatepass")
    return data[:start] + chance.choice((token, chance.choice(_BYTES))) + data[start:]


def _number(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    places = list(_DIGITS.finditer(data))
    if not places:
        return _insert(chance, data, corpus)
    place = chance.choice(places)
    return data[: place.start()] + chance.choice(_NUMBERS).encode() + data[place.end() :]


def _repeat(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    start, end = _place(chance, data)
    return data[:end] + data[start:end] * chance.choice((1, 2, 50, 2000)) + data[end:]


def _splice(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    other = chance.choice(corpus)
    return data[: _place(chance, data)[0]] + other[_place(chance, other)[0] :]


def _nest(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    opening = chance.choice(
        (b"[", b'{"a":', b"- ", b"(", b"{", b"\x30\x80", b"\xc0\x0c", b"&a [*a, ")
    )
    start, _ = _place(chance, data)
    return data[:start] + opening * chance.choice((1, 10, 200, 20_000)) + data[start:]


def _lines(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    first, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    if chance.random() < 0.5:
        lines[first], lines[other] = lines[other], lines[first]
    else:
        lines.insert(other, lines[first])
    return b"\n".join(lines)


_CHANGES: Sequence[Change] = (
    _replace, _flip, _delete, _cut, _insert, _insert, _number, _repeat, _splice, _nest, _lines,
)  # fmt: skip


def _as_json(chance: random.Random, data: bytes) -> bytes:
    """The first line that is JSON with some of its values replaced; the rest as it is."""
    try:
        value = json.loads(data)
        rest = b""
    except ValueError:
        first, _, rest = data.partition(b"\n")
        try:
            value = json.loads(first)
        except ValueError:
            return _replace(chance, data, ())
    for _ in range(chance.choice((1, 1, 2, 4))):
        value = _changed(chance, value)
    written = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.2:
        written = written.replace('"@"', chance.choice(_NUMBERS))
    return written.encode("utf-8", "surrogatepass") + (b"\n" + rest if rest else b"")


def _changed(chance: random.Random, value: Any) -> Any:
    """The value with something changed somewhere inside, the deeper the likelier."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        roll = chance.random()
        if roll < 0.08:
            return {name: part for name, part in value.items() if name != key}
        if roll < 0.14:
            return {**value, chance.choice(_TEXTS): value[key]}
        if roll < 0.2:
            return {**value, key: value[chance.choice(list(value))]}
        return {**value, key: _changed(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.85:
        index = chance.randrange(len(value))
        if chance.random() < 0.15:
            return value * chance.choice((0, 2, 100))
        return [*value[:index], _changed(chance, value[index]), *value[index + 1 :]]
    return _other(chance, value)


def _other(chance: random.Random, value: Any) -> Any:
    kinds: Sequence[Any] = (
        None, True, [], {}, 0, -1, 2**31, 2**63, 10**30, 1.5, -0.5, 1e300, "@", [value], {"a": value},
        [[[[]]]], {"": {}}, [None], [0, ""], value,
    )  # fmt: skip
    if isinstance(value, str) and chance.random() < 0.6:
        text = chance.choice(_TEXTS)
        return chance.choice(
            (text, value + text, text + value, value * 20, value[1:], value.upper())
        )
    return chance.choice((chance.choice(kinds), chance.choice(_TEXTS)))
