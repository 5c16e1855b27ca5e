"""Several runs as one record, for formats that hold one: `prober run a.yaml b.yaml -o json`.
Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prober.model.run import CheckRecord, Finding, RunRecord


def merge(records: Sequence[RunRecord]) -> RunRecord:
    """One record with everything of all of them; the identity for one. Check ids get their
    scenario's name in front, so that they stay unique."""
    if len(records) == 1:
        return records[0]
    return replace(
        records[0],
        scenario=", ".join(record.scenario for record in records),
        duration_ms=sum(record.duration_ms for record in records),
        checks=tuple(
            _check(record.scenario, check) for record in records for check in record.checks
        ),
        findings=tuple(
            _finding(record.scenario, finding) for record in records for finding in record.findings
        ),
        failures=tuple(failure for record in records for failure in record.failures),
        addresses={
            address: name for record in records for address, name in record.addresses.items()
        },
        warnings=tuple(dict.fromkeys(warning for record in records for warning in record.warnings)),
    )


def _check(scenario: str, record: CheckRecord) -> CheckRecord:
    check = replace(
        record.check, id=f"{scenario}/{record.check.id}", group=f"{scenario}/{record.check.group}"
    )
    return replace(record, check=check)


def _finding(scenario: str, finding: Finding) -> Finding:
    return replace(finding, checks=tuple(f"{scenario}/{check}" for check in finding.checks))
