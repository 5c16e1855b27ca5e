"""The whole run as plain data."""

from __future__ import annotations

from typing import Any

from prober.model.check import Check, Endpoint
from prober.model.errors import Location
from prober.model.run import CheckRecord, Control, Fix, RunRecord
from prober.report.data.observation import observation_data
from prober.report.data.plain import optional_ref, plain, ref_data, rounded
from prober.report.data.prediction import prediction_data
from prober.report.words import endpoint_text

API_VERSION = "prober.dev/v1alpha1"
SCHEMA_VERSION = 1
"""Raised when a member changes its meaning or goes away; a new member alone does not raise it."""


def run_data(record: RunRecord) -> dict[str, Any]:
    """The whole run."""
    return {
        "apiVersion": API_VERSION,
        "kind": "Run",
        "schemaVersion": SCHEMA_VERSION,
        "proberVersion": record.version,
        "id": record.id,
        "scenario": record.scenario,
        "startedAt": record.started,
        "durationMs": rounded(record.duration_ms),
        "exitCode": int(record.exit_code),
        "fabric": _fabric(record),
        "summary": _summary(record),
        "checks": [_check(check) for check in record.checks],
        "findings": _findings(record),
        "failures": [
            {"vantage": failure.vantage, "message": failure.message, "hint": failure.hint}
            for failure in record.failures
        ],
        "warnings": list(record.warnings),
        "notes": dict(sorted(record.notes.items())),
    }


def _fabric(record: RunRecord) -> dict[str, Any]:
    fabric = record.fabric
    return {
        "kind": fabric.kind,
        "name": fabric.name,
        "version": fabric.version,
        "enforcement": fabric.enforcement,
        "nodes": fabric.nodes,
        "pods": fabric.pods,
        "addresses": dict(sorted(record.addresses.items())),
    }


def _summary(record: RunRecord) -> dict[str, int]:
    summary = record.summary
    return {
        "total": summary.total,
        "passed": summary.passed,
        "failed": summary.failed,
        "inconclusive": summary.inconclusive,
        "leaks": summary.leaks,
        "blocked": summary.blocked,
        "flaky": summary.flaky,
    }


def _check(record: CheckRecord) -> dict[str, Any]:
    check = record.check
    return {
        "id": check.id,
        "name": check.name,
        "group": check.group,
        "origin": _origin(check.origin),
        "vantage": _vantage(check),
        "source": _endpoint(check.flow.source),
        "destination": {
            **_endpoint(check.flow.destination),
            "port": check.flow.port,
            "protocol": str(check.flow.protocol),
        },
        "probe": _probe(check),
        "expected": check.expected.value,
        "prediction": prediction_data(record.prediction),
        "observation": observation_data(record.observation),
        "verdict": record.verdict.value,
        "result": record.result.value,
        "reasons": list(record.reasons),
        "controls": [_control(control) for control in record.controls],
    }


def _origin(origin: Location | None) -> dict[str, Any] | None:
    return {"file": origin.file, "line": origin.line or None} if origin else None


def _vantage(check: Check) -> dict[str, str]:
    vantage = check.vantage
    return {
        "id": vantage.id,
        "kind": vantage.kind.value,
        "namespace": vantage.namespace,
        "name": vantage.name,
    }


def _endpoint(endpoint: Endpoint) -> dict[str, str]:
    return {
        "text": endpoint_text(endpoint),
        "kind": endpoint.kind.value,
        "namespace": endpoint.namespace,
        "name": endpoint.name,
        "address": endpoint.address,
    }


def _probe(check: Check) -> dict[str, Any]:
    probe = check.probe
    return {
        "id": probe.id,
        "kind": probe.kind.value,
        "host": probe.host,
        "port": probe.port or None,
        "timeoutSeconds": probe.timeout,
        "attempts": probe.attempts,
        "family": probe.family,
        "address": probe.address,
        "server": probe.server,
        "record": probe.record if probe.kind == "dns" else "",
        "url": probe.url,
    }


def _control(control: Control) -> dict[str, Any]:
    return {
        "name": control.name,
        "vantage": control.vantage,
        "probe": control.probe,
        "passed": control.passed,
        "shows": control.shows.value,
        "part": control.part,
        "observation": observation_data(control.observation) if control.observation else None,
    }


def _findings(record: RunRecord) -> list[dict[str, Any]]:
    """Numbered as the console numbers them."""
    return [
        {
            "number": number,
            "id": finding.id,
            "cause": finding.cause,
            "confidence": finding.confidence.value,
            "evidence": list(finding.evidence),
            "fix": _fix(finding.fix),
            "checks": list(finding.checks),
            "objects": [ref_data(ref) for ref in finding.objects],
        }
        for number, finding in enumerate(record.findings, start=1)
    ]


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    return {
        "summary": fix.summary,
        "target": optional_ref(fix.target),
        "patch": [plain(operation) for operation in fix.patch],
        "manifest": plain(fix.manifest),
        "opens": list(fix.opens),
        "beside": optional_ref(fix.beside),
    }
