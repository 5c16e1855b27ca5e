"""For each incident the right cause and no other beside it; mended as the diagnosis says, it is
green and silent."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from incident_running import Course, Incident
from incident_table import INCIDENTS

from prober.diagnosis import RULES
from prober.model.errors import ExitCode
from prober.model.run import Confidence, RunRecord
from prober.report import render

pytestmark = pytest.mark.lab

SURENESS = (Confidence.POSSIBLE, Confidence.LIKELY, Confidence.CERTAIN)


def told(record: RunRecord) -> str:
    """The run as a person sees it, for a failed test."""
    return "\n" + render(record, "wide", color=False, width=None)


def test_every_rule_has_an_incident() -> None:
    assert {incident.cause for incident in INCIDENTS} == {rule.id for rule in RULES}


@pytest.mark.parametrize("incident", [pytest.param(one, id=one.name) for one in INCIDENTS])
def test_the_cause_is_named_and_mended(
    incident: Incident, courses: Mapping[str, Course | Exception]
) -> None:
    course = courses[incident.name]
    if isinstance(course, Exception):
        raise course
    broken, mended = course.broken, course.mended
    assert {finding.id for finding in broken.findings} == {incident.cause, *incident.also}, told(
        broken
    )
    assert broken.exit_code is not ExitCode.OK, told(broken)
    for finding in broken.findings:
        assert SURENESS.index(finding.confidence) >= SURENESS.index(incident.confidence), told(
            broken
        )
    assert any(incident.says in finding.cause for finding in broken.findings), told(broken)
    assert mended.exit_code is ExitCode.OK, told(broken) + told(mended)
    assert not mended.findings, told(mended)
