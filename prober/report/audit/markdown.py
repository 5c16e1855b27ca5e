"""`markdown`: the audit for a ticket or a pull request."""

from __future__ import annotations

from prober.report.audit.sheet import Sheet, counted, covered, unmade
from prober.report.text import printable


def render_markdown(sheet: Sheet) -> str:
    """The whole text."""
    lines = [
        f"## Network policy audit: {_cell(sheet.subject)}",
        "",
        *(f"- {line}" for line in covered(sheet)),
        "",
    ]
    if sheet.audit.findings:
        lines += [
            "| severity | check | finding | where | what to do |",
            "| --- | --- | --- | --- | --- |",
        ]
    for finding in sheet.audit.findings:
        cells = (
            finding.severity.value,
            f"`{finding.id}`",
            finding.message,
            str(sheet.location(finding) or ""),
            finding.hint,
        )
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    if unmade(sheet):
        lines += ["", unmade(sheet)]
    return "\n".join([*lines, "", counted(sheet)]) + "\n"


def _cell(text: str) -> str:
    """Text that cannot break out of its cell."""
    return printable(text).replace("|", "\\|").replace("<", "&lt;")
