"""`table`: the output that people see. Causes first, with what to do; then the checks: surprises in
full, brief about the rest, readable without colour.

The pieces are used by `wide` and `matrix` too: the header, the surprises and the end of a report
look the same there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prober.model.errors import ExitCode
from prober.model.run import CheckRecord, FabricInfo, RunRecord
from prober.report.causes import causes
from prober.report.page import Page, Style
from prober.report.text import (
    cells,
    clip,
    hanging,
    pad,
    pad_left,
    plural,
    printable,
    shorten_flow,
    wrap,
)
from prober.report.words import (
    Mark,
    counts_text,
    explain,
    flake,
    mark_of,
    milliseconds,
    outcome_word,
)

COLLAPSE_ABOVE = 40
"""Checks. With more than these, those that are ok are counted by group instead of listed."""
MAX_SURPRISES = 50
"""Checks that are shown in full; what a cause does to a thousand others is said in one line."""
MAX_GROUPS = 20
"""Lines for groups of ok checks; the other groups share one more."""
LONGEST_SENTENCE = 240
"""Characters of a sentence under a check: two lines and a half. A rule with many selectors would be
a paragraph."""
INDENT = "  "
GAP = "  "


def render_table(record: RunRecord, page: Page) -> str:
    """The whole table."""
    body = (
        collapsed(record.checks, page)
        if len(record.checks) > COLLAPSE_ABOVE
        else check_lines(record.checks, page)
    )
    said = {sentence for check in record.checks for sentence in explain(check)}
    blocks = causes(record.findings, page, said=said)
    return assemble(header(record, page), blocks, body, ending(record, page))


def assemble(*blocks: Sequence[str]) -> str:
    """The blocks that are not empty, an empty line between them."""
    return (
        "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"
    )


def header(record: RunRecord, page: Page) -> list[str]:
    """`flux · lab · reject · 3 nodes, 9 pods · 8 checks, 4 vantages`."""
    vantages = len({check.check.vantage for check in record.checks})
    checks = f"{plural(len(record.checks), 'check')}, {plural(vantages, 'vantage')}"
    parts = [record.scenario, *facts(record.fabric), checks]
    first, *rest = wrap(printable(" · ".join(part for part in parts if part)), page.limit) or [""]
    title = printable(record.scenario)
    if title and first.startswith(title):
        first = page.paint(title, Style.STRONG) + first[len(title) :]
    return [first, *rest]


def facts(fabric: FabricInfo) -> list[str]:
    """What it ran on, in a few words each; some may be empty."""
    size = ", ".join(
        plural(count, noun)
        for count, noun in ((fabric.nodes, "node"), (fabric.pods, "pod"))
        if count
    )
    if fabric.kind != "kubernetes":
        return [fabric.name or fabric.kind, fabric.version, fabric.enforcement, size]
    version = f"Kubernetes {fabric.version}" if fabric.version else ""
    return [f"context {fabric.name}", version, fabric.enforcement, size]


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of a check's line, in terminal columns."""

    mark: int
    name: int
    outcome: int
    time: int

    @property
    def indent(self) -> int:
        """Where the name starts, and so the sentences under it."""
        return len(INDENT) + self.mark + len(GAP)


def measure(checks: Sequence[CheckRecord], page: Page) -> Columns:
    """Columns as wide as their content, the name's as wide as the page still allows."""
    mark = max([4, *(len(mark_of(check)) for check in checks)])
    outcome = max([0, *(cells(outcome_word(check)) for check in checks)])
    time = max([0, *(cells(milliseconds(check.observation.time_ms)) for check in checks)])
    name = max([0, *(cells(printable(check.check.name)) for check in checks)])
    room = page.room(len(INDENT) + mark + 3 * len(GAP) + outcome + time)
    return Columns(mark, name if room is None else min(name, max(room, 12)), outcome, time)


def check_lines(checks: Sequence[CheckRecord], page: Page) -> list[str]:
    """Each check in one line, and under a surprise or a flake why."""
    columns = measure(checks, page)
    lines: list[str] = []
    for check in checks:
        lines.append(_check_line(check, columns, page))
        lines.extend(under(check, columns.indent, page))
    return lines


def _check_line(check: CheckRecord, columns: Columns, page: Page) -> str:
    mark = mark_of(check)
    style = None if mark is Mark.OK else mark.style
    word, outcome = mark.value, outcome_word(check)
    fill = " " * (columns.outcome - cells(outcome))
    return GAP.join(
        [
            INDENT + page.paint(word, mark.style) + " " * (columns.mark - len(word)),
            pad(shorten_flow(printable(check.check.name), columns.name), columns.name),
            page.paint(outcome, style) + fill,
            pad_left(milliseconds(check.observation.time_ms), columns.time),
        ]
    ).rstrip()


def under(check: CheckRecord, indent: int, page: Page) -> list[str]:
    """The sentences under a check: the reasons of a surprise, and every flake."""
    sentences = list(explain(check)) if mark_of(check) is not Mark.OK else []
    if flaky := flake(check.observation):
        sentences.append(flaky)
    return [
        " " * indent + line
        for sentence in sentences
        for line in hanging(clip(sentence, LONGEST_SENTENCE), page.room(indent))
    ]


def noteworthy(check: CheckRecord) -> bool:
    """A surprise or a flake: never counted away."""
    return mark_of(check) is not Mark.OK or check.observation.flaky


def collapsed(checks: Sequence[CheckRecord], page: Page) -> list[str]:
    """Many checks: the quiet ones counted by group, then everything noteworthy in full."""
    loud = [check for check in checks if noteworthy(check)]
    quiet = Counter(check.check.group for check in checks if not noteworthy(check))
    sizes = Counter(check.check.group for check in checks)
    lines = [
        _count_line(_group_text(group, count, sizes[group]), page)
        for group, count in list(quiet.items())[:MAX_GROUPS]
    ]
    if rest := list(quiet.values())[MAX_GROUPS:]:
        lines.append(
            _count_line(f"{plural(sum(rest), 'check')} in {plural(len(rest), 'other group')}", page)
        )
    return [*lines, *([""] if lines and loud else []), *surprise_lines(loud, page)]


def surprise_lines(checks: Sequence[CheckRecord], page: Page) -> list[str]:
    """The first of these checks in full, the others counted by their mark and first sentence."""
    lines = check_lines(checks[:MAX_SURPRISES], page)
    more = Counter((mark_of(check), _first_sentence(check)) for check in checks[MAX_SURPRISES:])
    shown = more.most_common(MAX_GROUPS)
    lines += [_more_line(mark, count, said, page) for (mark, said), count in shown]
    if rest := more.total() - sum(count for _, count in shown):
        lines.append(f"{INDENT}and {plural(rest, 'more check')} with other reasons")
    return lines + ([f"{INDENT}-o wide has every check"] if more else [])


def _first_sentence(check: CheckRecord) -> str:
    said = explain(check) if mark_of(check) is not Mark.OK else ()
    return said[0] if said else flake(check.observation)


def _more_line(mark: Mark, count: int, said: str, page: Page) -> str:
    word = page.paint(mark.value, mark.style) + " " * (4 - len(mark.value))
    text = f"{plural(count, 'more check')}: {printable(clip(said, LONGEST_SENTENCE))}"
    room = page.room(len(INDENT) + 4 + len(GAP))
    return INDENT + word + GAP + (text if room is None else shorten_flow(text, room))


def _group_text(group: str, count: int, size: int) -> str:
    counted = plural(count, "check") if count == size else f"{count} of {plural(size, 'check')}"
    return f"{counted}  {printable(group)}".rstrip()


def _count_line(text: str, page: Page) -> str:
    word = page.paint(Mark.OK.value, Mark.OK.style) + "  "
    room = page.room(len(INDENT) + 4 + len(GAP))
    return INDENT + word + GAP + (text if room is None else shorten_flow(text, room))


def ending(record: RunRecord, page: Page) -> list[str]:
    """What could not be found out, the warnings, and the last line: counts, duration, exit code."""
    lines = [*_failures(record, page), *_warnings(record, page)]
    if not record.checks:
        lines.extend(["nothing was checked", ""])
    code = record.exit_code
    style = {ExitCode.OK: Style.GOOD, ExitCode.FAILED: Style.BAD}.get(code, Style.UNSURE)
    last = " · ".join(
        part
        for part in (counts_text(record), milliseconds(record.duration_ms), f"exit {code.value}")
        if part
    )
    return [*lines, *(page.paint(line, style) for line in wrap(last, page.limit))]


def _failures(record: RunRecord, page: Page) -> list[str]:
    if not record.failures:
        return []
    lines = [page.paint(f"{plural(len(record.failures), 'vantage')} could not run", Style.STRONG)]
    for failure in record.failures:
        lines.extend(INDENT + line for line in wrap(failure.vantage, page.room(2)))
        for sentence in (failure.message, failure.hint):
            lines.extend(INDENT * 2 + line for line in wrap(sentence, page.room(4)))
    return [*lines, ""]


def _warnings(record: RunRecord, page: Page) -> list[str]:
    lines = []
    for warning in record.warnings:
        first, *rest = wrap(warning, page.room(9)) or [""]
        lines.append(page.paint("warning", Style.UNSURE) + GAP + first)
        lines.extend(" " * 9 + line for line in rest)
    return [*lines, ""] if lines else []
