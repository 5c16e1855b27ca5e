"""The answer as JSON: `prober why -o json`."""

from __future__ import annotations

from typing import Any

import msgspec

from prober.model.codec import encode
from prober.symptom.record import as_json
from prober.why.answer import Answer, ComplaintResult
from prober.why.complaints import Complaint
from prober.why.text import lead

TEXT = 2000
"""Characters of a line that are kept."""


def answer_data(answer: Answer) -> dict[str, Any]:
    """The answer, and the run that it stands on as its own JSON report has it."""
    return {
        "answer": lead(answer),
        "exitCode": answer.exit_code.value,
        "findings": [finding.id for finding in answer.findings] if answer.holds else [],
        "complaints": [_result(result) for result in answer.results],
        "leftOut": [_complaint(complaint) for complaint in answer.left_out],
        "lookedAt": list(answer.testimony.looked_at),
        "unread": list(answer.testimony.unread),
        "engines": {
            "said": [msgspec.to_builtins(word) for word in answer.engines.words],
            "unasked": list(answer.engines.unasked),
        },
        "run": encode(answer.record),
    }


def _result(result: ComplaintResult) -> dict[str, Any]:
    return {
        **_complaint(result.complaint),
        "state": result.state.value,
        "checks": [check.check.id for check in result.checks],
        "reason": result.reason or None,
    }


def _complaint(complaint: Complaint) -> dict[str, Any]:
    statement = complaint.statement
    return {
        "symptom": as_json(complaint.symptom),
        "source": statement.kind.value,
        "about": statement.about or None,
        "by": statement.by or None,
        "where": statement.where or None,
        "also": list(complaint.also),
        "text": statement.text[:TEXT],
        "count": complaint.count,
        "last": complaint.last or None,
    }
