"""Which cause comes first: the one behind what is reported most often and most recently.

The diagnosis orders causes by layer, the lowest first, because that is the order in which fixes are
made. Somebody at 3 a.m. waits for what fails all the time. So causes that have nothing to do with
each other (no complaint and no object to fix in common) are ordered by their complaints; among
those that have, the diagnosis' order stays, since a fix may stand on the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prober.model.run import Finding
from prober.model.testimony import StatementKind
from prober.why.complaints import Complaint


@dataclass(frozen=True, slots=True)
class Reported:
    """How a check came to be made: the complaint, and whether it fails now."""

    complaint: Complaint
    check: str
    """The check's id."""
    fails: bool


def by_complaints(
    findings: Sequence[Finding], reported: Sequence[Reported]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The causes of what fails, in order; then the others, which no complaint is about."""
    failing = {item.check for item in reported if item.fails}
    about = [finding for finding in findings if set(finding.checks) & failing or not finding.checks]
    about = about or list(findings)
    groups = sorted(
        _together(about, reported), key=lambda group: _urgency(group, reported), reverse=True
    )
    first = tuple(finding for group in groups for finding in group)
    return first, tuple(finding for finding in findings if finding not in about)


def _urgency(group: Sequence[Finding], reported: Sequence[Reported]) -> tuple[int, str]:
    """How often what these causes break was reported, and when last."""
    checks = {check for finding in group for check in finding.checks}
    complaints = {
        item.complaint
        for item in reported
        if item.fails
        and item.check in checks
        and item.complaint.statement.kind is not StatementKind.CONFIGURED
    }
    return (
        sum(complaint.count for complaint in complaints),
        max((complaint.last for complaint in complaints), default=""),
    )


def _together(findings: Sequence[Finding], reported: Sequence[Reported]) -> list[list[Finding]]:
    """Groups of those with a complaint, a check or an object to fix in common, each in the order
    given."""
    groups: list[tuple[set[object], list[Finding]]] = []
    for finding in findings:
        marks: set[object] = set(finding.checks)
        marks |= {item.complaint for item in reported if item.check in finding.checks}
        if finding.fix is not None and finding.fix.target is not None:
            marks.add(finding.fix.target)
        members = [finding]
        apart = []
        for known, others in groups:
            if known & marks:
                marks |= known
                members = [*others, *members]
            else:
                apart.append((known, others))
        groups = [*apart, (marks, members)]
    order = {id(finding): number for number, finding in enumerate(findings)}
    return sorted(
        (sorted(members, key=lambda member: order[id(member)]) for _, members in groups),
        key=lambda members: order[id(members[0])],
    )
