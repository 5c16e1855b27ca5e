"""`sarif`: the audit for code scanning. Source: SARIF version 2.1.0 (OASIS, errata 01); sections
are named below."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

from prober.audit import CHECKS, AuditFinding, Check
from prober.report.audit.audit_report import AuditReport, field_text, unmade

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_INDEX = {check.id: position for position, check in enumerate(CHECKS)}


def sarif_log(report: AuditReport) -> dict[str, Any]:
    """The log with one run. Every rule is described, also those that found nothing: so a viewer
    knows what was looked for, and can close what is gone."""
    driver = {
        "name": "prober",
        "version": report.version,
        "rules": [_rule(check) for check in CHECKS],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "invocations": [_invocation(report)],
                "results": [_result(report, finding) for finding in report.audit.findings],
                "columnKind": "unicodeCodePoints",
            }
        ],
    }


def _rule(check: Check) -> dict[str, Any]:
    """A reportingDescriptor (3.49)."""
    return {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.why},
        "help": {"text": check.why},
        "defaultConfiguration": {"level": check.severity.value},
    }


def _invocation(report: AuditReport) -> dict[str, Any]:
    """3.20. A check that could not be made makes the run an unsuccessful one: its silence proves
    nothing."""
    missing = unmade(report)
    notes = [{"level": "error", "message": {"text": missing}}] if missing else []
    return {"executionSuccessful": not missing, "toolExecutionNotifications": notes}


def _result(report: AuditReport, finding: AuditFinding) -> dict[str, Any]:
    """3.27. Messages are plain sentences (3.11.3), so brackets in them need no escaping."""
    text = finding.message + (f"; {finding.hint}" if finding.hint else "")
    return {
        "ruleId": finding.id,
        "ruleIndex": _INDEX[finding.id],
        "level": finding.severity.value,
        "message": {"text": text},
        "locations": [_location(report, finding)],
        "partialFingerprints": {"prober/v1": _fingerprint(finding)},
    }


def _location(report: AuditReport, finding: AuditFinding) -> dict[str, Any]:
    """3.28: the place in the file, where there is one, and the object in any case."""
    logical = {"fullyQualifiedName": f"{finding.object.kind}/{finding.object}", "kind": "resource"}
    place: dict[str, Any] = {"logicalLocations": [logical]}
    location = report.location(finding)
    if location:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(location.file)}}
        if location.line:
            physical["region"] = {"startLine": location.line}
        place["physicalLocation"] = physical
    return place


def _uri(path: str) -> str:
    """A relative reference (3.4.3) where the path is relative, so that viewers find it in the
    repository."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(Path(path).as_posix())


def _fingerprint(finding: AuditFinding) -> str:
    """The same for the same finding in the next run, whatever its line has become (3.27.17)."""
    parts = (
        finding.id,
        finding.object.kind,
        str(finding.object),
        field_text(finding.path),
        finding.message,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
