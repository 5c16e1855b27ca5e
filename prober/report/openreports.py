"""PURE. Results as Kubernetes policy reports, which dashboards and policy reporters read: a
`Report` of openreports.io/v1alpha1 or, where only that is served, a `PolicyReport` of
wgpolicyk8s.io/v1alpha2. Their results have the same members.

Source: https://github.com/openreports/reports-api (apis/openreports.io/v1alpha1), and
https://github.com/kubernetes-sigs/wg-policy-prototypes (policy-report) before it.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prober.model.bounds import plain
from prober.model.check import Endpoint
from prober.model.run import CheckRecord, RunRecord
from prober.report.words import Mark, explain, mark_of, outcome_word

OPEN, POLICY = ("openreports.io/v1alpha1", "Report"), ("wgpolicyk8s.io/v1alpha2", "PolicyReport")
"""The two dialects: apiVersion and kind."""
MOST_RESULTS = 300
SOURCE = "prober"
_MESSAGE = 500
_RESULTS = {Mark.OK: "pass", Mark.FAIL: "fail", Mark.LEAK: "fail", Mark.UNSURE: "error"}
_SEVERITIES = {Mark.LEAK: "critical", Mark.FAIL: "high", Mark.UNSURE: "medium", Mark.OK: "info"}
_WORST_FIRST = (Mark.LEAK, Mark.FAIL, Mark.UNSURE, Mark.OK)
Result = dict[str, Any]


def run_results(record: RunRecord) -> list[Result]:
    """A result for each check, the worst first."""
    seconds = _epoch(record.started)
    checks = sorted(record.checks, key=lambda check: _WORST_FIRST.index(mark_of(check)))
    return [_result(record, check, seconds) for check in checks]


def _result(record: RunRecord, check: CheckRecord, seconds: int) -> Result:
    mark = mark_of(check)
    said = outcome_word(check) or check.observation.outcome.value
    reasons = "; ".join(explain(check)) if mark is not Mark.OK else ""
    return {
        "source": SOURCE,
        "policy": plain(record.scenario, 200),
        "rule": plain(check.check.name, 200),
        "category": "Connectivity",
        "severity": _SEVERITIES[mark],
        "result": _RESULTS[mark],
        "scored": True,
        "timestamp": {"seconds": seconds, "nanos": 0},
        "message": plain(f"{said}: {reasons}" if reasons else said, _MESSAGE),
        "resources": _resources(check.check.flow.source, check.check.flow.destination),
        "properties": {
            "verdict": check.verdict.value,
            "expected": check.check.expected.value,
            "run": record.id,
        },
    }


def report(
    dialect: tuple[str, str],
    metadata: Mapping[str, Any],
    results: Sequence[Result],
    scope: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A report of these results, of which `MOST_RESULTS` are listed and all are counted."""
    version, kind = dialect
    counts = Counter(str(result["result"]) for result in results)
    words = ("pass", "fail", "warn", "error", "skip")
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": dict(metadata),
        **({"source": SOURCE} if dialect == OPEN else {}),
        **({"scope": dict(scope)} if scope else {}),
        "summary": {word: counts[word] for word in words},
        "results": list(results[:MOST_RESULTS]),
    }


def _resources(*ends: Endpoint) -> list[dict[str, str]]:
    return [
        {
            "apiVersion": "v1",
            "kind": ref.kind,
            "name": ref.name,
            **({"namespace": ref.namespace} if ref.namespace else {}),
        }
        for ref in _refs(ends)
    ]


def _refs(ends: Iterable[Endpoint]) -> list[Any]:
    return [end.ref for end in ends if end.ref is not None]


def _epoch(started: str) -> int:
    return int(datetime.datetime.fromisoformat(started.replace("Z", "+00:00")).timestamp())
