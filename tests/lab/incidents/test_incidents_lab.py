"""For each incident the right cause and no other beside it; mended as the diagnosis says, it is
green and silent."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from incident_near_misses import NEAR_MISSES
from incident_running import Course, Incident
from incident_table import INCIDENTS

from prober.diagnosis import RULES
from prober.diagnosis.holding import MOST_WEIGHED, NOT_EXCLUDED, against
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


@pytest.mark.parametrize("incident", [pytest.param(entry, id=entry.name) for entry in INCIDENTS])
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


@pytest.mark.parametrize("incident", [pytest.param(entry, id=entry.name) for entry in INCIDENTS])
def test_every_other_cause_is_refuted_or_named_as_not_excluded(
    incident: Incident, courses: Mapping[str, Course | Exception]
) -> None:
    """Whatever of the catalogue it is not: something that was seen refutes it, or the finding says
    that nobody could be asked about it, and is not certain."""
    course = courses[incident.name]
    if isinstance(course, Exception):
        raise course
    records = {record.check.id: record for record in course.case.records}
    named = {finding.id for finding in course.broken.findings}
    for finding in course.broken.findings:
        left = " ".join(line for line in finding.evidence if line.startswith(NOT_EXCLUDED))
        assert not left or finding.confidence is not Confidence.CERTAIN
        for rule in RULES:
            for check in finding.checks[:MOST_WEIGHED] if rule.id not in named else ():
                refuted = against(rule, records[check], course.case)
                assert refuted or rule.id in left.replace(",", "").split(), (
                    f"{finding.id}: nothing speaks against {rule.id}" + told(course.broken)
                )


@pytest.mark.parametrize("miss", [pytest.param(entry, id=entry.name) for entry in NEAR_MISSES])
def test_a_near_miss_is_not_called_so(
    miss: Incident, near_misses: Mapping[str, RunRecord | Exception]
) -> None:
    record = near_misses[miss.name]
    if isinstance(record, Exception):
        raise record
    spoken = {finding.id for finding in record.findings}
    assert not spoken & set(miss.silent), told(record)
    assert spoken >= {miss.cause} if miss.cause else not spoken, told(record)
