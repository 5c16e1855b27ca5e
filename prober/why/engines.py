"""What policy engines and kernels said, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prober.model.engine_word import EngineTestimony, EngineWord
from prober.model.run import CheckRecord
from prober.report.page import Page, Style
from prober.report.text import hanging, printable


def sentence(word: EngineWord) -> str:
    """As in `n2: kube-router rejects it in chain X (ingress; policy shop/db)`."""
    through = ", ".join(word.policies)
    said = [
        word.direction,
        f"{'policies' if len(word.policies) > 1 else 'policy'} {through}" if through else "",
    ]
    more = "; ".join(part for part in said if part)
    who = "its kernel says that" if word.by == "kernel" else word.by
    return f"{word.node}: {who} {word.what}{f' ({more})' if more else ''}"


def lead_of(testimony: EngineTestimony, names: Mapping[str, str]) -> str:
    """The first thing that was said, as the cause where nothing else is one; empty: nothing was."""
    if not testimony.words:
        return ""
    word = testimony.words[0]
    return f"{names.get(word.check, word.check)} is dropped on {sentence(word)}"


def engine_lines(
    testimony: EngineTestimony, records: Sequence[CheckRecord], page: Page
) -> list[str]:
    """The section of the answer; empty where nobody was asked."""
    if not testimony.words and not testimony.unasked:
        return []
    names = {record.check.id: record.check.name for record in records}
    lines = [page.paint("what engines and kernels say of it", Style.STRONG)]
    current = ""
    for word in testimony.words:
        if word.check != current:
            current = word.check
            lines += _indented(names.get(word.check, word.check), 2, page)
        lines += _indented(sentence(word), 4, page)
        if word.quote:
            lines += [page.paint(line, Style.FAINT) for line in _indented(word.quote, 6, page)]
    if not testimony.words:
        lines += _indented("nobody who was asked drops it", 2, page)
    for unasked in testimony.unasked:
        lines += _indented(f"not asked  {unasked}", 2, page)
    return lines


def _indented(text: str, by: int, page: Page) -> list[str]:
    return [" " * by + line for line in hanging(printable(text), page.room(by))]
