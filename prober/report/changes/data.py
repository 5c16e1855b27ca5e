"""The shape of the JSON and YAML of a change report: plain data with documented member names."""

from __future__ import annotations

from importlib import resources
from typing import Any

from prober.model.baseline import Cell, Change, ChangeKind, ChangeReport, ChangeStatus, PolicyEdit
from prober.model.published import API_VERSION
from prober.model.published.shape import rounded

SCHEMA_VERSION = 1
"""Raised when a member changes its meaning or goes away; a new member alone does not raise it."""
SCHEMA_FILE = "changes.schema.json"


def changes_data(report: ChangeReport) -> dict[str, Any]:
    """The whole report. Every member is always present; what is not known is null, or empty."""
    fabric = report.fabric
    return {
        "apiVersion": API_VERSION,
        "kind": "Changes",
        "schemaVersion": SCHEMA_VERSION,
        "proberVersion": report.version,
        "name": report.name,
        "before": report.before,
        "startedAt": report.started,
        "durationMs": rounded(report.duration_ms),
        "exitCode": int(report.exit_code),
        "fabric": {"kind": fabric.kind, "name": fabric.name, "enforcement": fabric.enforcement}
        if fabric
        else None,
        "summary": _summary(report),
        "policies": [_edit(edit) for edit in report.edits],
        "changes": [_change(change) for change in report.changes],
        "failures": [
            {"vantage": failure.vantage, "message": failure.message, "hint": failure.hint}
            for failure in report.failures
        ],
        "problems": list(report.problems),
        "warnings": list(report.warnings),
    }


def schema_text() -> str:
    """The published JSON Schema of it, as it is shipped."""
    return (
        resources.files("prober.report.changes").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    )


def _summary(report: ChangeReport) -> dict[str, Any]:
    statuses = [change.status for change in report.changes]
    return {
        "compared": report.compared,
        "byKind": {kind.value: report.count(kind) for kind in ChangeKind},
        "byStanding": {status.value: statuses.count(status) for status in ChangeStatus},
    }


def _edit(edit: PolicyEdit) -> dict[str, str]:
    return {"namespace": edit.policy.namespace, "name": edit.policy.name, "edit": edit.kind.value}


def _change(change: Change) -> dict[str, Any]:
    return {
        "from": change.key.source,
        "to": change.key.destination,
        "port": change.key.port,
        "protocol": change.key.protocol,
        "change": change.kind.value,
        "standing": change.status.value,
        "before": _cell(change.before),
        "after": _cell(change.after),
        "policies": [_edit(edit) for edit in change.edits],
        "reasons": list(change.reasons),
        "allowedBy": change.allowed_by,
    }


def _cell(cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {
        "observed": cell.observed.value if cell.observed else None,
        "open": cell.share,
        "outcomes": list(cell.outcomes),
        "predicted": cell.predicted.value,
        "policies": list(cell.policies),
    }
