"""What the reports of an audit are written from, and the sentences that they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from prober.audit import Audit, AuditFinding, Severity
from prober.model.errors import Location
from prober.model.objects import Ref
from prober.report.text import plural


@dataclass(frozen=True, slots=True)
class AuditReport:
    """One audit, with what it was made of."""

    subject: str
    """The context, or the paths of the manifests."""
    audit: Audit
    place: Callable[[Ref, tuple[str | int, ...]], Location | None]
    """Where a field of an object is written; None for what is in no file."""
    version: str
    """Of prober."""

    def location(self, finding: AuditFinding) -> Location | None:
        """Where the field that a finding means is written."""
        return self.place(finding.object, finding.path)


def covered(report: AuditReport) -> tuple[str, ...]:
    """How much is covered, in sentences."""
    numbers = report.audit.coverage
    lines = [
        (
            f"default deny (both directions) in {numbers.default_deny} of "
            f"{plural(numbers.namespaces, 'namespace')}"
        ),
        f"{numbers.ingress_isolated} of {plural(numbers.pods, 'pod')} isolated for ingress, "
        f"{numbers.egress_isolated} for egress: {numbers.percent:.0f} % covered",
        f"{numbers.policies} {'policy' if numbers.policies == 1 else 'policies'}, "
        f"{plural(numbers.rules, 'rule')}, "
        f"{numbers.entries} {'entry' if numbers.entries == 1 else 'entries'}"
        + (
            f"; {numbers.node_entries} on node {numbers.largest_node}"
            if numbers.largest_node
            else ""
        ),
    ]
    return tuple(lines)


def counted(report: AuditReport) -> str:
    """As in `1 error, 2 warnings, 0 notes`."""
    counts = Counter(finding.severity for finding in report.audit.findings)
    return ", ".join(plural(counts[severity], severity.value) for severity in Severity)


def unmade(report: AuditReport) -> str:
    """The checks that could not be made, in a sentence; empty when all were."""
    if not report.audit.skipped:
        return ""
    ids = ", ".join(check.id for check in report.audit.skipped)
    return f"not checked, for want of pods: {ids}; give the manifests of the workloads with -f too"


def field_text(path: tuple[str | int, ...]) -> str:
    """A path for people: `spec.ingress[0].from`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
