"""PURE. What the first page and the page of a run have in common."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from urllib.parse import quote
from xml.etree import ElementTree as ET

from prober.history.changes import Change
from prober.history.summary import Summary
from prober.report import Mark
from prober.report.html.document import UNKNOWN, VERDICTS
from prober.report.html.element import element

MOST_BEATS = 40
"""Runs of a series that its strip shows."""
_SIGNS = {"ok": "\u00a0", "fail": "F"}


def moment(text: str) -> datetime.datetime | None:
    """A time of a record; None for what is none."""
    try:
        read = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None


def is_stale(run: Summary, now: datetime.datetime, stale_after: datetime.timedelta) -> bool:
    """Says it nothing about now: it is too old, or nobody knows how old."""
    started = moment(run.started)
    return started is None or abs(now - started) > stale_after


def when(text: str) -> ET.Element:
    """A time, to which the script adds how long ago that is."""
    return element("time", text, datetime=text)


def address_of(run: Summary) -> str:
    """The path of a run's page."""
    return f"/runs/{quote(run.id, safe='')}"


def live_line() -> ET.Element:
    """Where the script says that it listens, and that there is a new run."""
    return element("p", "", id="live", role="status", classes="facts")


def beats(runs: Sequence[Summary], current: str = "") -> ET.Element:
    """The last runs of a series as a strip of links, the oldest first."""
    return element("span", (_beat(run, current) for run in runs[-MOST_BEATS:]), classes="strip")


def _beat(run: Summary, current: str) -> ET.Element:
    word, sentence = VERDICTS.get(run.exit_code, UNKNOWN)
    said = f"{run.started}: {sentence}, {run.counts}"
    return element(
        "a",
        element("span", _SIGNS.get(word, "?"), aria_hidden="true"),
        element("span", said, classes="unseen"),
        href=address_of(run),
        title=said,
        classes=f"beat {word}",
        **({"aria_current": "page"} if run.id == current else {}),
    )


def change_parts(change: Change) -> Iterable[ET.Element | str]:
    """`FAIL shop/deploy/web → shop/deploy/db:5432/tcp, was ok`."""
    after = change.after
    if after is None:
        yield element("span", "gone", classes="mark")
    else:
        yield element("span", after.value, classes=f"mark {after.value.lower()}")
    was = _was(change.before)
    yield f" {change.subject}, {was}"


def _was(before: Mark | None) -> str:
    return "was not checked" if before is None else f"was {before.value}"
