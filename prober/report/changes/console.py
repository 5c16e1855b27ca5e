"""`table`: what changed, under the edit that did it. Readable without colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prober.model.baseline import Change, ChangeKind, ChangeReport, ChangeStatus
from prober.model.errors import ExitCode
from prober.report.changes.words import changes_counts, mark_of, state_text, word_of
from prober.report.console import GAP, INDENT, assemble
from prober.report.page import Page, Style
from prober.report.text import cells, hanging, pad, plural, printable, shorten_flow, wrap
from prober.report.words import Mark, milliseconds

MAX_FLOWS = 25
"""Of one group; the others are counted. The JSON has all."""
_ONE_SIDED = (ChangeKind.APPEARED, ChangeKind.VANISHED)


def render_table(report: ChangeReport, page: Page) -> str:
    """The whole table."""
    return assemble(
        _header(report, page),
        *(_group(title, changes, page) for title, changes in _groups(report.changes)),
        _ending(report, page),
    )


def _header(report: ChangeReport, page: Page) -> list[str]:
    fabric = report.fabric
    where = (
        [f"context {fabric.name}" if fabric.kind == "kubernetes" else fabric.name] if fabric else []
    )
    since = f"since {report.before}" if fabric else f"against {report.before}"
    parts = [report.name, *where, since, f"{plural(report.compared, 'flow')} compared"]
    first, *rest = wrap(printable(" · ".join(parts)), page.limit) or [""]
    title = printable(report.name)
    return [
        page.paint(title, Style.STRONG) + first[len(title) :] if first.startswith(title) else first,
        *rest,
    ]


def _groups(changes: Sequence[Change]) -> Iterable[tuple[str, Sequence[Change]]]:
    """By what did it, in the order of the flows; what is allowed and what needs no action comes
    last."""
    groups: dict[tuple[int, str], list[Change]] = {}
    for change in changes:
        groups.setdefault(_title(change), []).append(change)
    return [(title, groups[rank, title]) for rank, title in sorted(groups, key=lambda key: key[0])]


def _title(change: Change) -> tuple[int, str]:
    if change.status is ChangeStatus.AS_BEFORE:
        return 5, "not comparable, then as now"
    if change.status is ChangeStatus.ALLOWED:
        return 4, "allowed"
    if change.status is ChangeStatus.UNSURE:
        return 3, "could not be compared"
    if change.kind in _ONE_SIDED:
        return 2, "nothing to compare with"
    if change.edits:
        return 0, " and ".join(str(edit) for edit in change.edits)
    return 1, "no edit of a policy did this"


def _group(title: str, changes: Sequence[Change], page: Page) -> list[str]:
    lines = [page.paint(line, Style.STRONG) for line in wrap(title, page.limit)]
    columns = _measure(changes[:MAX_FLOWS], page)
    said: tuple[str, ...] = ()
    for change in changes[:MAX_FLOWS]:
        sentences = _sentences(change)
        lines += _flow_lines(change, columns, page)
        if sentences != said:
            lines += [
                " " * columns.indent + line
                for sentence in sentences
                for line in hanging(sentence, columns.text)
            ]
        said = sentences
    if len(changes) > MAX_FLOWS:
        lines.append(f"{INDENT}and {len(changes) - MAX_FLOWS} more; -o json has all of them")
    return lines


@dataclass(frozen=True, slots=True)
class _Columns:
    """The widths of a group's lines, in terminal columns."""

    word: int
    name: int
    text: int | None
    """For sentences; None: no limit."""
    stacked: bool
    """Flow and state do not fit into one line."""

    @property
    def indent(self) -> int:
        return len(INDENT) + self.word + len(GAP)


def _measure(changes: Sequence[Change], page: Page) -> _Columns:
    word = max(len(word_of(change)) for change in changes)
    widest = max(cells(str(change.key)) for change in changes)
    state = max(cells(state_text(change)) for change in changes)
    text = page.room(len(INDENT) + word + len(GAP))
    stacked = text is not None and widest + len(GAP) + state > text
    return _Columns(word, widest if text is None else min(widest, text), text, stacked)


def _flow_lines(change: Change, columns: _Columns, page: Page) -> list[str]:
    word, mark = word_of(change), mark_of(change)
    painted = page.paint(word, None if mark is Mark.OK else mark.style)
    head = INDENT + painted + " " * (columns.word - len(word))
    name = shorten_flow(str(change.key), columns.name)
    if columns.stacked:
        return [GAP.join((head, name)), " " * columns.indent + state_text(change)]
    return [GAP.join((head, pad(name, columns.name), state_text(change)))]


def _sentences(change: Change) -> tuple[str, ...]:
    if change.status is ChangeStatus.ALLOWED:
        return (change.allowed_by,)
    return change.reasons


def _ending(report: ChangeReport, page: Page) -> list[str]:
    lines = [
        *_problems(report, page),
        *_failures(report, page),
        *_idle(report, page),
        *_warnings(report, page),
    ]
    if not report.compared:
        lines += ["nothing could be compared", ""]
    elif not report.changes:
        lines += ["nothing changed", ""]
    code = report.exit_code
    style = {ExitCode.OK: Style.GOOD, ExitCode.FAILED: Style.BAD}.get(code, Style.UNSURE)
    parts = (changes_counts(report), milliseconds(report.duration_ms), f"exit {code.value}")
    return [
        *lines,
        *(page.paint(part, style) for part in wrap(" · ".join(filter(None, parts)), page.limit)),
    ]


def _problems(report: ChangeReport, page: Page) -> list[str]:
    if not report.problems:
        return []
    lines = [page.paint("policies that do not do what they were written for", Style.STRONG)]
    for problem in report.problems:
        lines += [INDENT + line for line in hanging(problem, page.room(2))]
    return [*lines, ""]


def _failures(report: ChangeReport, page: Page) -> list[str]:
    if not report.failures:
        return []
    lines = [page.paint(f"{plural(len(report.failures), 'vantage')} could not run", Style.STRONG)]
    for failure in report.failures:
        lines += [INDENT + line for line in wrap(failure.vantage, page.room(2))]
        lines += [
            INDENT * 2 + line
            for text in (failure.message, failure.hint)
            for line in wrap(text, page.room(4))
        ]
    return [*lines, ""]


def _idle(report: ChangeReport, page: Page) -> list[str]:
    """Edits by which no flow changed: worth a line, since somebody made them."""
    did = {edit for change in report.changes for edit in change.edits}
    idle = [str(edit) for edit in report.edits if edit not in did]
    return [
        line for edit in idle for line in wrap(f"{edit}: no flow changed by that", page.limit)
    ] + [""] * bool(idle)


def _warnings(report: ChangeReport, page: Page) -> list[str]:
    lines = []
    for warning in report.warnings:
        first, *rest = wrap(warning, page.room(9)) or [""]
        lines += [
            page.paint("warning", Style.UNSURE) + GAP + first,
            *(" " * 9 + line for line in rest),
        ]
    return [*lines, ""] if lines else []
