"""Widths, ellipses and wrapping."""

import pytest
from hypothesis import given, strategies as st

from prober.report.text import cells, hanging, pad, plural, printable, shorten, shorten_flow, wrap
from prober.report.words import milliseconds


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("→", 1), ("日本", 4), ("e\u0301", 1), ("", 0)]
)
def test_cells_are_terminal_columns(text: str, width: int) -> None:
    assert cells(text) == width


@given(st.text(), st.integers(0, 40))
def test_shortened_text_fits(text: str, width: int) -> None:
    assert cells(shorten(text, width)) <= max(width, 0)
    assert cells(shorten_flow(f"{text} → {text}", width)) <= max(width, 0)


def test_the_ends_of_a_name_survive() -> None:
    assert shorten("source-controller-7d4b9c6f5-x2x7k", 12) == "source…x2x7k"


def test_both_ends_of_a_flow_survive_with_the_port() -> None:
    name = "kustomize-controller → svc/source-controller:80/tcp"
    assert shorten_flow(name, 40) == "kustomize…ntroller → svc/sourc…er:80/tcp"
    assert shorten_flow("a → svc/a-very-long-service-name:80/tcp", 24) == "a → svc/a-very…me:80/tcp"


@given(st.text(), st.integers(2, 60))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    whole = "".join(printable(part) for part in text.splitlines())
    assert "".join("".join(lines).split()) == "".join(whole.split())


def test_later_lines_of_a_sentence_are_indented() -> None:
    assert hanging("one two three", 9) == ["one two", "  three"]
    assert hanging("one two", 9) == ["one two"]


def test_long_words_and_chinese_are_cut() -> None:
    assert wrap("网络策略阻止连接", 6) == ["网络策", "略阻止", "连接"]


def test_control_characters_are_shown_not_obeyed() -> None:
    assert printable("a\x1b[31m\tb\u202ec\ud800") == "a\\x1b[31m b\\u202ec\\ud800"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, ""),
        (0.01, "<0.1 ms"),
        (0.3, "0.3 ms"),
        (0.97, "1 ms"),
        (9.4, "9 ms"),
        (999.7, "1.0 s"),
        (2000.4, "2.0 s"),
    ],
)
def test_times_have_the_digits_that_matter(value: float, text: str) -> None:
    assert milliseconds(value) == text


def test_padding_and_plurals() -> None:
    assert pad("日", 4) == "日  "
    assert (plural(1, "check"), plural(2, "check")) == ("1 check", "2 checks")
