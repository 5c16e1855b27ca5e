"""The part of `matrix` that nobody observed: what the policies say about its pods and strangers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from prober.model.prediction import Ruling
from prober.model.run import PredictedOnly
from prober.policy import ANY_OTHER, OUTSIDE, OUTSIDE_LEGEND
from prober.report.page import Page, Style
from prober.report.text import cells, pad, printable, shorten, wrap

TITLE = "predicted only: never probed, in no count"
_NO_PORT = "no declared port"


def stranger_lines(rows: Sequence[PredictedOnly], page: Page, *, each: bool) -> list[str]:
    """What any other namespace reaches of a pod, and what it reaches outside: `each` pod in a line
    of its own, or how many pods have which answer. No lines where the record has none."""
    if not rows:
        return []
    return [
        page.paint(TITLE, Style.STRONG),
        *(_each(rows, page) if each else _counted(rows, page)),
        *_indented(OUTSIDE_LEGEND, page),
    ]


def _each(rows: Sequence[PredictedOnly], page: Page) -> Iterator[str]:
    inward = [f"from {ANY_OTHER}", *(said(row.from_any_other_namespace) for row in rows)]
    outward = [f"to {OUTSIDE}", *(said(row.to_outside) for row in rows)]
    names = ["", *(printable(row.pod) for row in rows)]
    second, third = max(map(cells, inward)), max(map(cells, outward))
    room = page.room(2 + 2 + second + 2 + third)
    first = max(map(cells, names))
    first = first if room is None else min(first, max(room, 8))
    for name, before, after in zip(names, inward, outward, strict=True):
        yield f"  {pad(shorten(name, first), first)}  {pad(before, second)}  {after}"


def sums(rows: Sequence[PredictedOnly]) -> Iterator[str]:
    """How many pods have each answer."""
    for label, answers in (
        (f"from {ANY_OTHER}", [row.from_any_other_namespace for row in rows]),
        (f"to {OUTSIDE}", [row.to_outside for row in rows]),
    ):
        counts = Counter(map(said, answers)).most_common()
        parts = "; ".join(f"{count} {answer}" for answer, count in counts)
        yield f"{label}, pods: {parts}"


def _counted(rows: Sequence[PredictedOnly], page: Page) -> Iterator[str]:
    for line in sums(rows):
        yield from _indented(line, page)


def _indented(text: str, page: Page) -> Iterator[str]:
    yield from (f"  {line}" for line in wrap(text, page.room(2)))


def said(rulings: Sequence[Ruling]) -> str:
    """Several answers, as in `denied`, or `allowed or denied, by port`."""
    text = " or ".join(ruling.value for ruling in rulings) or _NO_PORT
    return f"{text}, by port" if len(rulings) > 1 else text
