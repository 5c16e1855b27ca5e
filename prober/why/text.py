"""The answer for people: the cause and what to do, what fails because of it, the proof, and what
was looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from prober.model.errors import ExitCode
from prober.model.testimony import StatementKind
from prober.report import (
    Page,
    Style,
    assemble,
    check_lines,
    facts,
    hanging,
    milliseconds,
    plural,
    printable,
    wrap,
)
from prober.report.causes import causes
from prober.symptom.text import target
from prober.why.answer import Answer, ComplaintResult, State, since
from prober.why.complaints import Complaint
from prober.why.engines import engine_lines, lead_of
from prober.why.failing import SHOWN, failing, told, who

CHANGES_SHOWN = 5
UNEXPLAINED = "unexplained"
"""The finding of what no rule explains."""


def render_answer(answer: Answer, page: Page) -> str:
    """The whole answer."""
    return assemble(
        _lead(answer, page),
        failing(answer, page),
        _others(answer, page),
        check_lines([record for record in answer.record.checks if not record.as_expected], page),
        engine_lines(answer.engines, answer.record.checks, page),
        causes(answer.findings, page),
        _looked(answer, page),
        _end(answer, page),
    )


def lead(answer: Answer) -> str:
    """The one sentence that matters."""
    if answer.findings and answer.holds:
        first = answer.findings[0]
        if first.id == UNEXPLAINED and answer.engines.words:
            names = {record.check.id: record.check.name for record in answer.record.checks}
            return lead_of(answer.engines, names)
        return first.cause
    if answer.holds:
        count = plural(len(answer.holds), "connection")
        fails = "fails" if len(answer.holds) == 1 else "fail"
        return f"{count} {fails} now, and no cause is known for it"
    if answer.exit_code is ExitCode.UNKNOWN:
        return "it could not be found out"
    if any(result.state is State.BEYOND for result in answer.results):
        return "the connections can be made: what failed was said on them"
    if answer.results:
        return "nothing fails any more: what was complained about works now"
    return "nothing that was read tells of a failed connection"


def _lead(answer: Answer, page: Page) -> list[str]:
    style = {ExitCode.OK: Style.GOOD, ExitCode.FAILED: Style.BAD}.get(
        answer.exit_code, Style.UNSURE
    )
    sentence = printable(lead(answer))
    lines = [
        page.paint(line, style) for line in wrap(sentence[:1].upper() + sentence[1:], page.limit)
    ]
    if answer.holds and answer.findings:
        lines += [f"  {line}" for line in hanging(to_do(answer), page.room(2))]
        rest = len(answer.findings) - 1
        lines += [f"  and {plural(rest, 'more cause')}, below"] if rest else []
    return lines


def to_do(answer: Answer) -> str:
    """What to do about the first cause, with the fixes that the same complaints need as well."""
    first = answer.findings[0]
    if first.fix is None:
        return "to do: see the evidence; it is for a person to fix"
    if not first.fix.command:
        return f"to do: {first.fix.summary}"
    needed = set(first.checks).union(*map(_checks, _with_one_of(first.checks, answer.holds)))
    numbers = [
        str(number)
        for number, finding in enumerate(answer.findings, start=1)
        if finding.fix and finding.fix.command and needed.intersection(finding.checks)
    ]
    return f"to do: {first.fix.summary} (`prober fix {' '.join(numbers) or 1} --apply`)"


def _with_one_of(
    checks: Collection[str], results: Sequence[ComplaintResult]
) -> list[ComplaintResult]:
    return [result for result in results if not _checks(result).isdisjoint(checks)]


def _checks(result: ComplaintResult) -> set[str]:
    return {check.check.id for check in result.checks}


def _others(answer: Answer, page: Page) -> list[str]:
    """What does not hold, and why."""
    lines: list[str] = []
    for result in answer.results:
        if result.state is State.HOLDS or _quiet(result):
            continue
        lines += [f"  {line}" for line in hanging(printable(_other(result)), page.room(2))]
        if result.state is State.OVER:
            lines += _changed(answer, result.complaint, page)
    hidden = len(lines) - 3 * SHOWN
    if hidden > 0:
        lines = [*lines[: 3 * SHOWN], f"  and {plural(hidden, 'more line')}"]
    if answer.left_out:
        lines.append(
            f"  {plural(len(answer.left_out), 'more complaint')} were not checked: see --checks"
        )
    return [page.paint(_heading(answer), Style.STRONG), *lines] if lines else []


def _heading(answer: Answer) -> str:
    unknown = any(result.state is State.UNKNOWN and not _quiet(result) for result in answer.results)
    return "what else was complained about" if unknown else "what does not fail now"


def _quiet(result: ComplaintResult) -> bool:
    """What nobody complained about and works, or cannot be checked, needs no line."""
    return result.complaint.statement.kind is StatementKind.CONFIGURED


def _other(result: ComplaintResult) -> str:
    complaint = result.complaint
    head = f"{who(complaint)} → {target(complaint.symptom)} ({told(complaint)})"
    if result.state is State.OVER:
        return f"{head}: over, {result.reason or 'it works now'}"
    if result.state is State.BEYOND:
        return f"{head}: the connection can be made, so it is not the network's doing"
    return f"{head}: not found out, {result.reason}"


def _changed(answer: Answer, complaint: Complaint, page: Page) -> list[str]:
    changes = since(answer.testimony.changes, complaint.last)[:CHANGES_SHOWN]
    return [
        f"    {line}"
        for change in changes
        for line in hanging(printable(f"since then: {change.what}, {change.when}"), page.room(4))
    ]


def _looked(answer: Answer, page: Page) -> list[str]:
    lines: list[str] = []
    read = ", ".join(answer.testimony.looked_at)
    if read:
        lines += hanging(printable(f"looked at  {read}"), page.limit)
    for sentence in (*answer.testimony.unread, *answer.record.warnings):
        lines += (
            hanging(printable(f"not read   {sentence}"), page.limit)
            if sentence in (answer.testimony.unread)
            else hanging(printable(f"warning    {sentence}"), page.limit)
        )
    for failure in answer.record.failures:
        lines += hanging(printable(f"not probed {failure.vantage}: {failure.message}"), page.limit)
    return lines


def _end(answer: Answer, page: Page) -> list[str]:
    record = answer.record
    parts = [
        "why",
        *facts(record.fabric),
        plural(len(answer.results) + len(answer.left_out), "complaint"),
        plural(len(record.checks), "check"),
        milliseconds(record.duration_ms),
        f"exit {answer.exit_code.value}",
    ]
    return wrap(printable(" · ".join(part for part in parts if part)), page.limit)
