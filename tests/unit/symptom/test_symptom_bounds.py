"""Reading a line ends, and soon, whatever stands in it: no pattern can try again and again, no line
is too long."""

from __future__ import annotations

import io
import re
from importlib import import_module
from pkgutil import walk_packages
from re import (
    _constants as codes,  # type: ignore[attr-defined]  # the parser is not public
    _parser as parser,  # type: ignore[attr-defined]  # the parser is not public
)
from typing import Any

import pytest
from hypothesis import given, strategies as st
from symptom_distractors import DISTRACTORS
from symptom_noise import NOISE

import prober.symptom
from prober.symptom import symptoms_of
from prober.symptom.cleaning import HEAD, TAIL, cleaned
from prober.symptom.form import Format
from prober.symptom.formats import FORMATS, LAST_RESORT
from prober.symptom.lines import LONGEST, lines_of

ALL = (*FORMATS, *LAST_RESORT)
WAYS_AT_MOST = 8000
"""In how many ways a pattern may match at one place: the factor between a line's length and its
time."""


def ways(parsed: Any) -> int:
    """How often a pattern that begins at one place can try again; an unbounded repetition has no
    number."""
    product = 1
    for code, value in parsed:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            least, most, inner = value
            assert most != codes.MAXREPEAT, "unbounded"
            product *= (most - least + 1) * ways(inner) if most > 1 else 1 + ways(inner)
        elif code is codes.POSSESSIVE_REPEAT:
            assert value[1] != codes.MAXREPEAT, "unbounded"
            assert ways(value[2]) <= 4, "choices in a repetition"
        elif code is codes.BRANCH:
            product *= sum(ways(branch) for branch in value[1])
        elif code is codes.SUBPATTERN:
            product *= ways(value[3])
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            ways(value[1])
    return product


def patterns() -> dict[str, re.Pattern[str]]:
    by_name = {form.name: form.pattern for form in ALL if isinstance(form, Format)}
    for module in walk_packages(prober.symptom.__path__, "prober.symptom."):
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                by_name[f"{module.name}.{name}"] = value
    return by_name


@pytest.mark.parametrize(("name", "pattern"), patterns().items())
def test_no_pattern_backtracks_far(name: str, pattern: re.Pattern[str]) -> None:
    assert ways(parser.parse(pattern.pattern, pattern.flags)) <= WAYS_AT_MOST, name


def test_every_format_names_its_source() -> None:
    assert all(form.source for form in ALL)
    assert len({form.name for form in ALL}) == len(ALL)


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    symptoms_of(text)


@given(st.lists(st.sampled_from([
    "dial tcp ", "lookup ", "->", "://", "http", "\"", "\\", "{", "}", "[", "(", ":", "198.18.0.1:80", "db.shop:5432", " ",
    "connection refused", "timed out", "\x1b[31m", "\x00", "\u202e", "upstream: \"", "Get ", "HTTP/1.1\" 502 ", "=", ",",
    "connect to ", "port 80", "failed: ", "/", "@", "x" * 300, "9" * 40, "probe failed: ", "é", "İ",
]), max_size=40))  # fmt: skip
def test_pieces_of_lines_in_any_order_are_read_without_an_error(pieces: list[str]) -> None:
    symptoms_of("".join(pieces))


@pytest.mark.parametrize(
    "filling",
    [
        "a",
        "a.",
        "1:",
        "://",
        "\x1b[",
        "(",
        '{"a":',
        "dial tcp ",
        '\\"',
        "connect to ",
        "[",
        '="',
        " ",
    ],
)
def test_of_a_long_line_only_its_ends_are_read(filling: str) -> None:
    """So a megabyte costs no more than what is kept of it."""
    line = (
        filling * (1024 * 1024 // len(filling))
        + " dial tcp 198.51.100.7:9090: connect: connection refused"
    )
    assert len(cleaned(line)) <= HEAD + TAIL + 1
    assert symptoms_of(line)[-1].address in ("198.51.100.7", "")


def test_a_line_longer_than_memory_allows_is_one_line() -> None:
    stream = io.BytesIO(b"x" * (3 * LONGEST) + b" the end\nsecond\r\n\nlast \xff")
    lines = list(lines_of(stream))
    assert len(lines) == 4
    assert lines[0].endswith(" the end")
    assert lines[1:] == ["second", "", "last \ufffd"]


@pytest.mark.parametrize(
    "line", [distractor for distractor in (*DISTRACTORS, *NOISE) if distractor]
)
def test_colours_and_timestamps_make_no_symptom_of_a_distractor(line: str) -> None:
    assert symptoms_of(f"2026-11-27T03:12:09.123Z \x1b[33m{line}\x1b[0m") == ()
