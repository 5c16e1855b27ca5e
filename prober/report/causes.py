"""The findings for people: each cause with its evidence, its fix and what the fix would open."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from prober.model.run import Finding
from prober.report.page import Page, Style
from prober.report.text import cells, hanging, pad, plural, printable, shorten, wrap

MAX_LINES = 4
"""Of evidence, and of what a fix opens; the others are counted. `wide` shows all."""
LABEL = len("evidence")
LONG = 80
"""Columns: a longer cause gets a line of its own even where nothing is ever wrapped, so that its
confidence is seen."""


def causes(
    findings: Sequence[Finding],
    page: Page,
    *,
    everything: bool = False,
    said: Collection[str] = (),
) -> list[str]:
    """The block `2 causes`, numbered from 1; empty without findings.

    What to do comes before what it is concluded from. `everything` leaves nothing out and shows
    commands as kubectl takes them; else evidence that is `said` elsewhere in the report is left
    out, and a fix is applied by its number.
    """
    if not findings:
        return []
    one_line = _fits(findings, page)
    lines = [page.paint(plural(len(findings), "cause"), Style.STRONG)]
    for number, finding in enumerate(findings, start=1):
        lines.extend(
            _title(number, finding, findings, page)
            if one_line
            else _stacked_title(number, finding, page)
        )
        lines.extend(_remedy(number, finding, page, everything=everything))
        lines.extend(_grounds(finding, page, said, everything=everything))
    return lines


def _ids(findings: Sequence[Finding]) -> int:
    return max(cells(printable(finding.id)) for finding in findings)


def _widest_cause(findings: Sequence[Finding]) -> int:
    return max(cells(printable(finding.cause)) for finding in findings)


def _widest_confidence(findings: Sequence[Finding]) -> int:
    return max(len(finding.confidence.value) for finding in findings)


def _fits(findings: Sequence[Finding], page: Page) -> bool:
    """Whether number, id, cause and confidence stand in one line for all findings, so that they can
    be aligned."""
    room = page.room(5 + _ids(findings) + 2 + 2 + _widest_confidence(findings))
    return _widest_cause(findings) <= (LONG if room is None else room)


def _title(number: int, finding: Finding, findings: Sequence[Finding], page: Page) -> list[str]:
    name = pad(printable(finding.id), _ids(findings))
    cause = pad(printable(finding.cause), _widest_cause(findings))
    return [f"{number:>3}  {page.paint(name, Style.STRONG)}  {cause}  {finding.confidence.value}"]


def _stacked_title(number: int, finding: Finding, page: Page) -> list[str]:
    confidence = f", {finding.confidence.value}"
    name, room = printable(finding.id), page.room(5 + len(confidence))
    name = page.paint(name if room is None else shorten(name, room), Style.STRONG)
    cause = (" " * 5 + line for line in wrap(finding.cause, page.room(5)))
    return [f"{number:>3}  {name}{confidence}", *cause]


def _remedy(number: int, finding: Finding, page: Page, *, everything: bool) -> list[str]:
    """The fix, what it would open, and how it is applied."""
    fix = finding.fix
    if fix is None:
        return []
    lines = _labelled("fix", [fix.summary], page)
    lines.extend(_labelled("opens", _capped(fix.opens, everything=everything), page))
    if fix.command:
        numbered = page.remembered and not everything
        command = f"prober fix {number} --apply" if numbered else fix.command
        lines.extend(_labelled("apply", [command], Page(page.color)))  # to be copied: never wrapped
    return lines


def _grounds(finding: Finding, page: Page, said: Collection[str], *, everything: bool) -> list[str]:
    """What the cause is concluded from, and how much it explains."""
    evidence = [line for line in finding.evidence if everything or line not in said]
    lines = _labelled("evidence", _capped(evidence, everything=everything), page)
    if len(finding.checks) > 1:
        lines.extend(_labelled("explains", [plural(len(finding.checks), "check")], page))
    return lines


def _capped(sentences: Sequence[str], *, everything: bool) -> list[str]:
    if everything or len(sentences) <= MAX_LINES:
        return list(sentences)
    return [*sentences[:MAX_LINES], f"and {len(sentences) - MAX_LINES} more"]


def _labelled(label: str, sentences: Sequence[str], page: Page) -> list[str]:
    """The sentences in a column of their own, the label before the first."""
    indent = 5 + LABEL + 2
    body = [line for sentence in sentences for line in hanging(sentence, page.room(indent))]
    heads = [label, *[""] * len(body)]
    return [
        f"     {page.paint(head, Style.FAINT)}{' ' * (LABEL - len(head))}  {line}"
        for head, line in zip(heads, body, strict=False)
    ]
