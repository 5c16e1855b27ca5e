"""`table`: the audit for people. Findings under the check that found them, so that the reason is
said once."""

from __future__ import annotations

from itertools import groupby

from prober.audit import CHECKS, AuditFinding
from prober.report.audit.audit_report import AuditReport, counted, covered, unmade
from prober.report.page import Page, Style
from prober.report.text import hanging, printable, wrap

_INDENT = 9
"""Columns before a sentence: the width of `warning` and two more."""


def render_table(report: AuditReport, page: Page) -> str:
    """The whole text."""
    lines = [page.paint(f"audit · {printable(report.subject)}", Style.STRONG)]
    lines += [f"  {line}" for line in covered(report)]
    for identity, findings in groupby(report.audit.findings, key=lambda finding: finding.id):
        lines += ["", *_block(report, page, identity, list(findings))]
    lines.append("")
    if unmade(report):
        lines += wrap(unmade(report), page.room(0))
    lines.append(counted(report))
    return "\n".join(lines) + "\n"


def _block(
    report: AuditReport, page: Page, identity: str, findings: list[AuditFinding]
) -> list[str]:
    check = next(check for check in CHECKS if check.id == identity)
    lines = [
        (
            f"{check.severity.value:<{_INDENT - 2}}  {page.paint(check.id, Style.STRONG)}  "
            f"{check.title}"
        )
    ]
    lines += [
        " " * _INDENT + page.paint(line, Style.FAINT)
        for line in wrap(check.why, page.room(_INDENT))
    ]
    for position, finding in enumerate(findings):
        location = report.location(finding)
        where = f"{location}: " if location else ""
        body = hanging(f"- {where}{finding.message}", page.room(_INDENT))
        lines += [" " * _INDENT + line for line in body]
        following = findings[position + 1].hint if position + 1 < len(findings) else ""
        if finding.hint and finding.hint != following:
            lines += [
                " " * (_INDENT + 2) + line
                for line in wrap(f"hint: {finding.hint}", page.room(_INDENT + 2))
            ]
    return lines
