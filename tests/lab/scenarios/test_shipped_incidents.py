"""Each shipped incident breaks as it did, its cause is named and no other, and mended as offered it
is green."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from shipped_incidents import SHIPPED, Shipped

from prober.model.errors import ExitCode
from prober.model.run import Result, RunRecord
from prober.report import render

pytestmark = [
    pytest.mark.lab,
    pytest.mark.parametrize("enforcement", ["reject", "drop"]),
    pytest.mark.parametrize("shipped", [pytest.param(entry, id=entry.name) for entry in SHIPPED]),
]
Courses = Mapping[tuple[str, str], list[RunRecord] | Exception]


def runs_of(shipped: Shipped, enforcement: str, courses: Courses) -> list[RunRecord]:
    course = courses[shipped.name, enforcement]
    if isinstance(course, Exception):
        raise course
    return course


def told(record: RunRecord) -> str:
    """The run as a person sees it, for a failed test."""
    return "\n" + render(record, "wide", color=False, width=None)


def test_it_breaks_and_its_causes_are_named(
    shipped: Shipped, enforcement: str, shipped_courses: Courses
) -> None:
    broken = runs_of(shipped, enforcement, shipped_courses)[0]
    failing = [record.check.name for record in broken.checks if record.result is Result.FAIL]
    assert failing == list(shipped.failing), told(broken)
    assert broken.exit_code is ExitCode.FAILED, told(broken)
    assert {finding.id for finding in broken.findings} == set(shipped.causes), told(broken)
    assert len(broken.findings) == len(shipped.causes), told(broken)
    for finding in broken.findings:
        assert shipped.causes[finding.id] in finding.cause
    explained = {check for finding in broken.findings for check in finding.checks}
    assert explained == {
        record.check.id for record in broken.checks if record.result is Result.FAIL
    }, told(broken)


def test_what_is_offered_mends_it(
    shipped: Shipped, enforcement: str, shipped_courses: Courses
) -> None:
    mended = runs_of(shipped, enforcement, shipped_courses)[-1]
    assert mended.exit_code is ExitCode.OK, told(mended)
    assert not mended.findings, told(mended)
    assert all(record.as_expected for record in mended.checks), told(mended)
