"""What fails because of a cause: who dials what, how it was reported, and in which words."""

from __future__ import annotations

from prober.model.listing import listed
from prober.model.run import Result
from prober.model.testimony import StatementKind
from prober.report import Page, Style, hanging, printable, shorten
from prober.symptom.text import bare_text, target
from prober.why.answer import Answer, ComplaintResult
from prober.why.complaints import Complaint, is_unsigned

SHOWN = 12
"""Failing connections in full; the others are counted."""
QUOTED = 160
"""Characters of a line that is quoted."""


def failing(answer: Answer, page: Page) -> list[str]:
    """The section `what fails because of it`."""
    holding = answer.holds
    if not holding:
        return []
    lines = [page.paint("what fails because of it", Style.STRONG)]
    for result in holding[:SHOWN]:
        lines += _lines(result, page)
    if len(holding) > SHOWN:
        lines.append(f"  and {len(holding) - SHOWN} more")
    return lines


def _lines(result: ComplaintResult, page: Page) -> list[str]:
    complaint = result.complaint
    sources = listed(_sources(result, failing=True), most=3)
    head = f"{sources or who(complaint)} → {target(complaint.symptom)}: {told(complaint)}"
    lines = [f"  {line}" for line in hanging(printable(head), page.room(2))]
    if complaint.statement.kind is not StatementKind.CONFIGURED:
        quoted = shorten(
            printable(bare_text(complaint.statement.text)), min(QUOTED, page.room(4) or QUOTED)
        )
        lines.append("    " + page.paint(quoted, Style.FAINT))
    if is_unsigned(complaint):
        lines += [f"    {line}" for line in hanging(printable(_tried(result)), page.room(4))]
    return lines


def _sources(result: ComplaintResult, *, failing: bool) -> list[str]:
    """From where it fails, or works."""
    sources = dict.fromkeys(
        check.check.flow.source
        for check in result.checks
        if (check.result is Result.FAIL) is failing
    )
    return [source.label or str(source) for source in sources]


def _tried(result: ComplaintResult) -> str:
    """Of a line that names no writer: who else was tried."""
    fails = _sources(result, failing=True)
    working = listed(
        (source for source in _sources(result, failing=False) if source not in fails), most=3
    )
    works = f"; it works from {working}" if working else ""
    return f"the line does not say who wrote it{works} (--from names the writer)"


def who(complaint: Complaint) -> str:
    """Who dialled, as far as the statement says."""
    return complaint.statement.by or complaint.statement.about or "whoever wrote the line"


def told(complaint: Complaint) -> str:
    """How it failed, how often, and where that is written."""
    statement = complaint.statement
    if statement.kind is StatementKind.CONFIGURED:
        return f"configured in {statement.where}, nobody complained"
    where = {
        StatementKind.LOG: f"in the log of {statement.about}",
        StatementKind.EVENT: f"in an event of {statement.about}",
        StatementKind.CONDITION: f"in a condition of {statement.about}",
        StatementKind.LINE: "in the line that was given",
    }[statement.kind]
    often = f"{complaint.count} times, " if complaint.count > 1 else ""
    last = f", last {complaint.last}" if complaint.last else ""
    return f"{complaint.symptom.outcome}, {often}{where}{last}"
