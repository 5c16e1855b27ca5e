"""PURE. The first page: is all well now, what changed and when."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from xml.etree import ElementTree as ET

from prober.history.changes import Change, changes_of, streak
from prober.history.summary import Summary
from prober.report import plural
from prober.report.html.assets import head, script
from prober.report.html.document import UNKNOWN, VERDICTS, page
from prober.report.html.element import element
from prober.serve.pieces import address_of, beats, change_parts, is_stale, live_line, when
from prober.serve.standing import Standing

SCRIPTS = ("elements", "live")
MOST_CHANGES = 50
_STALE = ("unsure", "Stale: its last run is too old")
_RANKS = {"fail": 0, "unsure": 1, "ok": 2}
_WORDS = {"fail": "not as expected", "unsure": "not known", "ok": "as expected"}
_SENTENCES = {
    "ok": "All is well",
    "fail": "Not as expected",
    "unsure": "It is not known whether all is well",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario, and how it is now."""

    scenario: str
    state: str
    sentence: str
    since: str
    runs: Sequence[Summary]
    """The oldest first; none: it has never run."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page is made of."""

    runs: Sequence[Summary]
    """The oldest first."""
    troubles: Sequence[str]
    now: datetime.datetime
    stale_after: datetime.timedelta
    """The age at which a run says nothing about now."""
    standings: Mapping[str, Standing] = field(default_factory=dict)
    """How Scenario objects are, by the name that their runs have; they may have none yet."""

    def rows(self) -> Sequence[Row]:
        """What is not as expected first, then what is not known; of these what ran last."""
        series = [self._row(runs) for runs in _by_series(self.runs)]
        there = {row.scenario for row in series}
        without = [
            Row(name, standing.state, standing.sentence, standing.since, ())
            for name, standing in sorted(self.standings.items())
            if name not in there
        ]
        return sorted((*series, *without), key=lambda row: _RANKS[row.state])

    def _row(self, runs: Sequence[Summary]) -> Row:
        run = runs[-1]
        if standing := self.standings.get(run.scenario):
            return Row(run.scenario, standing.state, standing.sentence, standing.since, runs)
        first = runs[-streak([earlier.exit_code for earlier in runs])]
        state, sentence = self.state(run)
        return Row(run.scenario, state, sentence, first.started, runs)

    def state(self, run: Summary) -> tuple[str, str]:
        """The class and the word of a run as the last of its series: an old one is never green."""
        word, sentence = VERDICTS.get(run.exit_code, UNKNOWN)
        if not is_stale(run, self.now, self.stale_after):
            return word, sentence
        return _STALE if word == "ok" else (word, f"{sentence} (stale)")


def render_overview(overview: Overview) -> str:
    """The first page."""
    rows = overview.rows()
    states = [row.state for row in rows]
    if overview.troubles:
        states.append("unsure")
    worst = min(states, key=_RANKS.__getitem__, default="unsure")
    verdict = element("p", element("strong", _SENTENCES[worst]), classes=f"verdict {worst}")
    main = element("main", _scenarios(rows), _changes(overview.runs), _troubles(overview))
    header = element("header", element("h1", "prober"), verdict, _counts(rows), live_line())
    seconds = str(int(overview.stale_after.total_seconds()))
    body = element("body", header, main, script(SCRIPTS), data_page="overview", data_stale=seconds)
    title = f"prober: {_SENTENCES[worst]}"
    return page(element("html", head(title, SCRIPTS, connects=True), body))


def _counts(rows: Sequence[Row]) -> ET.Element:
    """How many scenarios are how, in one line."""
    counts = Counter(row.state for row in rows)
    told = ", ".join(f"{counts[state]} {word}" for state, word in _WORDS.items() if counts[state])
    return element("p", f"{plural(len(rows), 'scenario')}: {told}" if rows else "", classes="facts")


def _by_series(runs: Sequence[Summary]) -> list[list[Summary]]:
    """The runs by series, the series that ran last first."""
    series: dict[tuple[str, str], list[Summary]] = {}
    for run in runs:
        series.setdefault(run.series, []).append(run)
    return sorted(series.values(), key=lambda some: some[-1].started, reverse=True)


def _scenarios(rows: Sequence[Row]) -> Iterator[ET.Element]:
    if not rows:
        yield element(
            "p",
            "There is no run yet. It appears here by itself: `prober run` keeps its runs, and "
            "`--report FILE.json` writes one into a folder.",
        )
        return
    names = ("Scenario", "Now", "Last run", "Checks", "Runs")
    heads = element("thead", element("tr", (element("th", name, scope="col") for name in names)))
    body = element("tbody", (_row(row) for row in rows))
    table = element("table", heads, body, classes="checks scenarios")
    region = element(
        "div", table, classes="wide", tabindex="0", role="region", aria_label="Scenarios"
    )
    yield element("section", element("h2", plural(len(rows), "scenario")), region)


def _row(row: Row) -> ET.Element:
    now = [element("span", row.sentence, classes=f"mark {row.state}")]
    if row.since:
        now.append(element("p", "since ", when(row.since), classes="faint"))
    if not row.runs:
        cells = ("no run is kept", "", "")
        return element(
            "tr",
            element("th", row.scenario, scope="row"),
            element("td", now),
            (element("td", text) for text in cells),
        )
    run = row.runs[-1]
    return element(
        "tr",
        element(
            "th",
            element("a", run.scenario or "prober", href=address_of(run)),
            element("p", run.fabric, classes="faint"),
            scope="row",
        ),
        element("td", now),
        element("td", when(run.started)),
        element("td", run.counts),
        element("td", beats(row.runs)),
    )


def _changes(runs: Sequence[Summary]) -> Iterator[ET.Element]:
    """What differs between each run and the one before it of its series, the newest first."""
    items: list[tuple[Summary, Change]] = []
    before: dict[tuple[str, str], Summary] = {}
    for run in runs:
        if earlier := before.get(run.series):
            items += [(run, change) for change in reversed(changes_of(earlier, run))]
        before[run.series] = run
    if items:
        title = element("h2", "What changed")
        parts = [_changed(run, told) for run, told in _by_run(items[: -MOST_CHANGES - 1 : -1])]
        yield element("section", title, parts, id="changes")


def _by_run(items: Iterable[tuple[Summary, Change]]) -> Iterator[tuple[Summary, list[Change]]]:
    for run, group in groupby(items, key=lambda item: item[0]):
        yield run, [change for _, change in group]


def _changed(run: Summary, changes: Sequence[Change]) -> ET.Element:
    link = element("a", when(run.started), href=address_of(run))
    return element(
        "div",
        element("p", f"{run.scenario or 'prober'}, ", link),
        element("ul", (element("li", change_parts(change)) for change in changes)),
    )


def _troubles(overview: Overview) -> Iterator[ET.Element]:
    if overview.troubles:
        items = (element("li", trouble) for trouble in overview.troubles)
        title = element("h2", "What could not be read")
        yield element("section", title, element("ul", items, classes="warnings"))
