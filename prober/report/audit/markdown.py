"""`markdown`: the audit for a ticket or a pull request."""

from __future__ import annotations

from prober.report.audit.audit_report import AuditReport, counted, covered, unmade
from prober.report.text import printable


def render_markdown(report: AuditReport) -> str:
    """The whole text."""
    lines = [
        f"## Network policy audit: {_cell(report.subject)}",
        "",
        *(f"- {line}" for line in covered(report)),
        "",
    ]
    if report.audit.findings:
        lines += [
            "| severity | check | finding | where | what to do |",
            "| --- | --- | --- | --- | --- |",
        ]
    for finding in report.audit.findings:
        cells = (
            finding.severity.value,
            f"`{finding.id}`",
            finding.message,
            str(report.location(finding) or ""),
            finding.hint,
        )
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    if unmade(report):
        lines += ["", unmade(report)]
    return "\n".join([*lines, "", counted(report)]) + "\n"


def _cell(text: str) -> str:
    """Text that cannot break out of its cell."""
    return printable(text).replace("|", "\\|").replace("<", "&lt;")
