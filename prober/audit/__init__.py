"""What is wrong with the policies of a snapshot, without a probe. Pure: a view in, findings out.

- `view`      what a check looks at: the snapshot, the predictor, the CNI's identities
- `check`     what a check is; a *spot* is one place at which it complains; a *finding* is a spot
  with id and severity
- `checks`    one check a file, and `CHECKS`, the one table of them
- `coverage`  how much of the cluster policies cover, in numbers
- `agents`    which pods are CNI agents, and who of them enforces policies
- `catalog`   docs/audit.md as text

A check that cannot be made, because the manifests have no pods, is *skipped* and named: it never
counts as passed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from prober.audit.check import AuditFinding, Check, Severity, Spot
from prober.audit.checks import CHECKS
from prober.audit.coverage import Coverage, coverage
from prober.audit.view import View

__all__ = [
    "CHECKS",
    "Audit",
    "AuditFinding",
    "Check",
    "Coverage",
    "Severity",
    "Spot",
    "View",
    "audit",
]


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found."""

    findings: tuple[AuditFinding, ...]
    """The most severe first, then by check and object."""
    coverage: Coverage
    skipped: tuple[Check, ...] = ()
    """Checks that could not be made: they need pods, and there are none."""

    def reaches(self, severity: Severity) -> bool:
        """Whether any finding is as severe as this, or more."""
        return any(finding.severity.rank <= severity.rank for finding in self.findings)


def audit(view: View, *, ignore: Collection[str] = (), namespaces: Collection[str] = ()) -> Audit:
    """Make every check whose id is not in `ignore`. With `namespaces`, only findings about objects
    in them (or about those that have no namespace, such as nodes) are kept."""
    made = [check for check in CHECKS if check.id not in ignore]
    skipped = tuple(check for check in made if check.needs_pods and not view.snapshot.pods)
    findings = [
        check.finding(spot)
        for check in made
        if check not in skipped
        for spot in check.find(view)
        if not namespaces or not spot.space or spot.space in namespaces
    ]
    order = {check.id: position for position, check in enumerate(CHECKS)}
    findings.sort(
        key=lambda finding: (
            finding.severity.rank,
            order[finding.id],
            finding.object,
            finding.path,
            finding.message,
        )
    )
    return Audit(tuple(findings), coverage(view), skipped)
