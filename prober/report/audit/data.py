"""The shape of the audit's JSON and YAML. Every member is always there; what is not known is null
or empty."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from prober.model.published import API_VERSION
from prober.report.audit.sheet import Sheet, field_text


def audit_data(sheet: Sheet) -> dict[str, Any]:
    """The whole audit as plain data."""
    return {
        "apiVersion": API_VERSION,
        "kind": "Audit",
        "proberVersion": sheet.version,
        "subject": sheet.subject,
        "coverage": _coverage(sheet),
        "findings": [_finding(sheet, position) for position in range(len(sheet.audit.findings))],
        "skipped": [check.id for check in sheet.audit.skipped],
    }


def _coverage(sheet: Sheet) -> dict[str, Any]:
    numbers = asdict(sheet.audit.coverage)
    plain = {_camel(name): value for name, value in numbers.items()}
    return {**plain, "percent": round(sheet.audit.coverage.percent, 1)}


def _finding(sheet: Sheet, position: int) -> dict[str, Any]:
    finding = sheet.audit.findings[position]
    location = sheet.location(finding)
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
