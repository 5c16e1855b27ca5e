"""No format shows a failure without a cause and a next step."""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path

import pytest
from report_samples import observation, record, run

from prober.audit import CHECKS, Audit, AuditFinding, Check, checks
from prober.audit.coverage import Coverage
from prober.model.check import Expectation
from prober.model.objects import Ref
from prober.model.outcome import Outcome
from prober.model.run import Confidence, Finding, Fix, Result, Verdict
from prober.report import FORMATS, render
from prober.report.audit import FORMATS as AUDIT_FORMATS, AuditReport, render_audit
from prober.report.page import Page

STEP = "restart the thing that is broken"
CAUSE = "the thing is broken"


FIGURES = {"prometheus"}
"""Formats that have numbers, and no sentence to say anything in."""


def flattened(text: str) -> str:
    """The text without what breaks and draws its lines, in any format."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in FIGURES])
@pytest.mark.parametrize("result", [Result.FAIL, Result.INCONCLUSIVE])
@pytest.mark.parametrize("outcome", Outcome)
def test_every_format_says_why_and_what_to_do(form: str, result: Result, outcome: Outcome) -> None:
    seen = record(
        seen=observation(outcome),
        verdict=Verdict.BLOCKED if result is Result.FAIL else Verdict.INCONCLUSIVE,
        result=result,
        expected=Expectation.OK,
    )
    finding = Finding("some-rule", CAUSE, Confidence.LIKELY, fix=Fix(STEP), checks=(seen.check.id,))
    text = flattened(render(run(seen, findings=(finding,)), form))
    assert CAUSE in text and STEP in text


@pytest.mark.parametrize("form", ["junit", "tap"])
def test_a_record_without_causes_still_says_what_to_do(form: str) -> None:
    seen = record(
        seen=observation(Outcome.TIMEOUT),
        verdict=Verdict.BLOCKED,
        result=Result.FAIL,
        expected=Expectation.OK,
    )
    assert "prober explain" in flattened(render(run(seen), form))


NOBODY = Coverage(0, 0, 0, 0, 0, 0, 0, 0, "", 0)


def audited(*findings: AuditFinding, skipped: bool = False) -> AuditReport:
    audit = Audit(findings, NOBODY, CHECKS if skipped else ())
    return AuditReport("world.yaml", audit, lambda ref, path: None, "1.0")


@pytest.mark.parametrize("form", AUDIT_FORMATS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.id))
def test_every_format_of_an_audit_says_why_and_what_to_do(form: str, check: Check) -> None:
    ref = Ref("NetworkPolicy", "shop", "db")
    finding = AuditFinding(check.id, check.severity, CAUSE, ref, hint=STEP)
    text = flattened(render_audit(audited(finding), form, Page()))
    assert CAUSE in text and STEP in text and check.id in text


@pytest.mark.parametrize("form", ["table", "markdown", "sarif"])
def test_an_audit_without_pods_says_what_it_wants(form: str) -> None:
    text = flattened(render_audit(audited(skipped=True), form, Page()))
    assert "for want of pods" in text and "-f" in text


def test_every_finding_of_an_audit_has_a_hint_or_says_it_itself() -> None:
    """Of what the checks say: no spot is made without a word on what to do."""
    folder = Path(checks.__path__[0])
    for file in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Spot":
                named = {keyword.arg for keyword in node.keywords}
                assert len(node.args) == 4 or "hint" in named, f"{file.name}:{node.lineno}"
