"""No format shows a failure without a cause and a next step."""

from __future__ import annotations

import html
import re

import pytest
from report_samples import observation, record, run

from prober.model.check import Expectation
from prober.model.outcome import Outcome
from prober.model.run import Confidence, Finding, Fix, Result, Verdict
from prober.report import FORMATS, render

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
