"""The shape of the audit's JSON and YAML. Every member is always there; what is not known is null
or empty."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from prober.model.published import API_VERSION
from prober.report.audit.audit_report import AuditReport, field_text


def audit_data(report: AuditReport) -> dict[str, Any]:
    """The whole audit as plain data."""
    return {
        "apiVersion": API_VERSION,
        "kind": "Audit",
        "proberVersion": report.version,
        "subject": report.subject,
        "coverage": _coverage(report),
        "findings": [_finding(report, position) for position in range(len(report.audit.findings))],
        "skipped": [check.id for check in report.audit.skipped],
    }


def _coverage(report: AuditReport) -> dict[str, Any]:
    numbers = asdict(report.audit.coverage)
    plain = {_camel(name): value for name, value in numbers.items()}
    return {**plain, "percent": round(report.audit.coverage.percent, 1)}


def _finding(report: AuditReport, position: int) -> dict[str, Any]:
    finding = report.audit.findings[position]
    location = report.location(finding)
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "object": {
            "kind": finding.object.kind,
            "namespace": finding.object.namespace,
            "name": finding.object.name,
        },
        "field": field_text(finding.path),
        "file": location.file if location else None,
        "line": location.line or None if location else None,
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
