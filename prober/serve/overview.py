"""PURE. The first page: is all well now, what changed and when."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from prober.history.changes import changes_of, streak
from prober.history.summary import Summary
from prober.report.html.assets import head, script
from prober.report.html.document import UNKNOWN, VERDICTS, page
from prober.report.html.element import element
from prober.report.text import plural
from prober.serve.pieces import address_of, beats, change_parts, live_line, moment, when

SCRIPTS = ("elements", "live")
MOST_CHANGES = 50
_STALE = ("unsure", "stale")
_RANKS = {"fail": 0, "unsure": 1, "ok": 2}
_SENTENCES = {
    "ok": "All is well",
    "fail": "Not as expected",
    "unsure": "It is not known whether all is well",
}


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page is made of."""

    runs: Sequence[Summary]
    """The oldest first."""
    troubles: Sequence[str]
    now: datetime.datetime
    stale_after: datetime.timedelta
    """The age at which a run says nothing about now."""

    def state(self, run: Summary) -> tuple[str, str]:
        """The class and the word of a run as the last of its series: an old one is never green."""
        started = moment(run.started)
        word, sentence = VERDICTS.get(run.exit_code, UNKNOWN)
        if started is not None and abs(self.now - started) <= self.stale_after:
            return word, sentence
        return _STALE if word == "ok" else (word, f"{sentence} (stale)")


def render_overview(overview: Overview) -> str:
    """The first page."""
    every_series = _by_series(overview.runs)
    states = [overview.state(runs[-1])[0] for runs in every_series]
    if overview.troubles:
        states.append("unsure")
    worst = min(states, key=_RANKS.__getitem__, default="unsure")
    verdict = element("p", element("strong", _SENTENCES[worst]), classes=f"verdict {worst}")
    main = element(
        "main", _series(overview, every_series), _changes(overview.runs), _troubles(overview)
    )
    header = element("header", element("h1", "prober"), verdict, live_line())
    seconds = str(int(overview.stale_after.total_seconds()))
    body = element("body", header, main, script(SCRIPTS), data_page="overview", data_stale=seconds)
    title = f"prober: {_SENTENCES[worst]}"
    return page(element("html", head(title, SCRIPTS, connects=True), body))


def _by_series(runs: Sequence[Summary]) -> list[list[Summary]]:
    """The runs by series, the series that ran last first."""
    series: dict[tuple[str, str], list[Summary]] = {}
    for run in runs:
        series.setdefault(run.series, []).append(run)
    return sorted(series.values(), key=lambda some: some[-1].started, reverse=True)


def _series(overview: Overview, every_series: Sequence[Sequence[Summary]]) -> Iterator[ET.Element]:
    if not every_series:
        yield element(
            "p",
            "There is no run yet. It appears here by itself: `prober run` keeps its runs, and "
            "`--report FILE.json` writes one into a folder.",
        )
        return
    names = ("Scenario", "Now", "Last run", "Checks", "Runs")
    heads = element("thead", element("tr", (element("th", name, scope="col") for name in names)))
    rows = (_row(overview, runs) for runs in every_series)
    table = element("table", heads, element("tbody", rows), classes="checks")
    region = element(
        "div", table, classes="wide", tabindex="0", role="region", aria_label="Scenarios"
    )
    yield element("section", element("h2", plural(len(every_series), "scenario")), region)


def _row(overview: Overview, runs: Sequence[Summary]) -> ET.Element:
    run = runs[-1]
    word, sentence = overview.state(run)
    first = runs[-streak([one.exit_code for one in runs])]
    return element(
        "tr",
        element(
            "th",
            element("a", run.scenario or "prober", href=address_of(run)),
            element("p", run.fabric, classes="faint"),
            scope="row",
        ),
        element(
            "td",
            element("span", sentence, classes=f"mark {word}"),
            element("p", "since ", when(first.started), classes="faint"),
        ),
        element("td", when(run.started)),
        element("td", run.counts),
        element("td", beats(runs)),
    )


def _changes(runs: Sequence[Summary]) -> Iterator[ET.Element]:
    """What differs between each run and the one before it of its series, the newest first."""
    items: list[ET.Element] = []
    before: dict[tuple[str, str], Summary] = {}
    for run in runs:
        if earlier := before.get(run.series):
            for change in reversed(changes_of(earlier, run)):
                link = element("a", when(run.started), href=address_of(run))
                items.append(element("li", link, " ", change_parts(change)))
        before[run.series] = run
    if items:
        shown = items[: -MOST_CHANGES - 1 : -1]
        yield element("section", element("h2", "What changed"), element("ul", shown), id="changes")


def _troubles(overview: Overview) -> Iterator[ET.Element]:
    if overview.troubles:
        items = (element("li", trouble) for trouble in overview.troubles)
        title = element("h2", "What could not be read")
        yield element("section", title, element("ul", items, classes="warnings"))
