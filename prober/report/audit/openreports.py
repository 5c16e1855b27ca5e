"""PURE. An audit as policy reports: one for each namespace with findings, to be applied with
kubectl."""

from __future__ import annotations

from typing import Any

from prober.audit import AuditFinding, Severity
from prober.report.audit.audit_report import AuditReport, field_text
from prober.report.openreports import SOURCE, report

NAME = "prober-audit"
CLUSTER = "default"
"""Where findings about cluster-wide objects are said: a report is in a namespace."""
_RESULTS = {Severity.ERROR: "fail", Severity.WARNING: "warn", Severity.NOTE: "warn"}
_SEVERITIES = {Severity.ERROR: "high", Severity.WARNING: "medium", Severity.NOTE: "low"}


def audit_reports(audited: AuditReport, dialect: tuple[str, str]) -> list[dict[str, Any]]:
    """The reports, by namespace."""
    by_space: dict[str, list[AuditFinding]] = {}
    for finding in audited.audit.findings:
        by_space.setdefault(_space(finding), []).append(finding)
    return [
        report(
            dialect,
            {"name": NAME, "namespace": space, "labels": {"app.kubernetes.io/part-of": "prober"}},
            [_result(finding) for finding in findings],
        )
        for space, findings in sorted(by_space.items())
    ]


def _space(finding: AuditFinding) -> str:
    ref = finding.object
    return ref.name if ref.kind == "Namespace" else ref.namespace or CLUSTER


def _result(finding: AuditFinding) -> dict[str, Any]:
    ref = finding.object
    space = {"namespace": ref.namespace} if ref.namespace else {}
    field = field_text(finding.path)
    return {
        "source": SOURCE,
        "policy": finding.id,
        "category": "Network policies",
        "severity": _SEVERITIES[finding.severity],
        "result": _RESULTS[finding.severity],
        "scored": finding.severity is Severity.ERROR,
        "message": f"{finding.message}; {finding.hint}" if finding.hint else finding.message,
        "resources": [{"kind": ref.kind, "name": ref.name, **space}],
        **({"properties": {"field": field}} if field else {}),
    }
