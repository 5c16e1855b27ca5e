"""PURE. What stands around a run where others are known: the way to them, what changed since the
one before, and the history of its checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from prober.history.changes import changes_of
from prober.history.summary import Summary, subject_of
from prober.model.run import RunRecord
from prober.report.html.assets import SCRIPTS
from prober.report.html.data import MARKS
from prober.report.html.document import Around
from prober.report.html.element import element
from prober.serve.pieces import address_of, beats, change_parts, live_line, when

MOST_RUNS = 40
"""Of the history of a check."""
MOST_CHECKS = 5_000
"""With more checks than these their history is left out: it would be the larger part of the
page."""
MOST_CHANGES = 200


def around(record: RunRecord, series: Sequence[Summary], *, stale: bool = False) -> Around:
    """`series` are the runs that this one can be compared with, itself too, the oldest first;
    `stale`: it says nothing about now."""
    places = [place for place, run in enumerate(series) if run.id == record.id]
    until = series[: places[0] + 1] if places else []
    return Around(
        above=(_ways(record, series), *_out_of_date(record, series, stale=stale)),
        before=tuple(_changes(until)),
        history=_history(record, until[-MOST_RUNS:]) if len(until) > 1 else None,
        scripts=(*SCRIPTS, "live"),
        connects=True,
    )


def _ways(record: RunRecord, series: Sequence[Summary]) -> ET.Element:
    return element(
        "nav",
        element("a", "All scenarios", href="/"),
        beats(series, record.id),
        live_line(),
        aria_label="Runs",
    )


def _out_of_date(
    record: RunRecord, series: Sequence[Summary], *, stale: bool
) -> Iterator[ET.Element]:
    """What was green then may not be now."""
    if series and series[-1].id != record.id:
        newest = element("a", "the newest run", href=address_of(series[-1]))
        yield element("p", "This is an earlier run: see ", newest, ".", classes="warnings")
    elif stale:
        said = "This run is too old to say anything about now, and no newer one is there."
        yield element("p", said, classes="warnings")


def _changes(until: Sequence[Summary]) -> list[ET.Element]:
    if len(until) < 2:
        return []
    before, run = until[-2:]
    changes = changes_of(before, run)
    items = [element("li", change_parts(change)) for change in changes[:MOST_CHANGES]]
    if len(changes) > MOST_CHANGES:
        items.append(element("li", f"and {len(changes) - MOST_CHANGES} more"))
    title = element("h2", "What changed since ", when(before.started))
    said = element("ul", items) if items else element("p", "Nothing.", classes="facts")
    return [element("section", title, said, id="changes")]


def _history(record: RunRecord, runs: Sequence[Summary]) -> dict[str, Any] | None:
    """The marks of each check in these runs, a string a check."""
    if len(record.checks) > MOST_CHECKS:
        return None
    subjects = [subject_of(check.check, record.places) for check in record.checks]
    marks = [
        "".join(MARKS[run.marks[subject]] if subject in run.marks else " " for run in runs)
        for subject in subjects
    ]
    return {"runs": [run.started for run in runs], "marks": marks}
