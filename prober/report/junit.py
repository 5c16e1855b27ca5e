"""`junit`: JUnit XML as GitLab, Jenkins and GitHub's actions read it.

There is no official schema; this keeps to what the Ant task wrote and Jenkins' xUnit schema
describes. A surprise that is a fact (`FAIL`, `LEAK`) is a `failure`, what could not be found out is
an `error`; nothing is ever `skipped`.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from prober.model.run import RunRecord
from prober.report.cases import TestCase, TestSuite, suite_of
from prober.report.text import printable
from prober.report.words import Mark


def render_junit(record: RunRecord) -> str:
    """The run as one `testsuites`, with a `testsuite` for each group of checks."""
    return write_junit(suite_of(record))


def write_junit(suite: TestSuite) -> str:
    """A suite as one `testsuites`, with a `testsuite` for each of its suites."""
    root = ET.Element(
        "testsuites",
        {"name": _safe(suite.name), **_counts(suite.cases), "time": _seconds(suite.seconds)},
    )
    suites: dict[str, list[TestCase]] = {}
    for case in suite.cases:
        suites.setdefault(case.suite, []).append(case)
    for name, members in suites.items():
        root.append(_suite(name, members, suite))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(every: Sequence[TestCase]) -> dict[str, str]:
    marks = [case.mark for case in every]
    return {
        "tests": str(len(marks)),
        "failures": str(marks.count(Mark.FAIL) + marks.count(Mark.LEAK)),
        "errors": str(marks.count(Mark.UNSURE)),
        "skipped": "0",
    }


def _suite(name: str, members: Sequence[TestCase], suite: TestSuite) -> ET.Element:
    attributes = {
        "name": _safe(name),
        **_counts(members),
        "time": _seconds(sum(case.seconds for case in members)),
    }
    # JUnit XML has no specification; the field names are those that Jenkins' junit-10.xsd, GitLab
    # and the common GitHub actions have in common.
    # Jenkins' schema wants an ISO 8601 time without fraction and zone; what is written is UTC.
    if started := suite.started.split(".")[0].removesuffix("Z").removesuffix("+00:00"):
        attributes["timestamp"] = _safe(started)
    element = ET.Element("testsuite", attributes)
    properties = ET.SubElement(element, "properties")
    for key, value in suite.facts.items():
        if value:
            ET.SubElement(properties, "property", {"name": key, "value": _safe(value)})
    for case in members:
        element.append(_case(case, suite))
    return element


def _case(case: TestCase, suite: TestSuite) -> ET.Element:
    attributes = {
        "name": _safe(case.name),
        "classname": _safe(
            f"{suite.name}.{case.suite}" if suite.name != case.suite else case.suite
        ),
        "time": _seconds(case.seconds),
    }
    if case.origin:
        attributes["file"] = _safe(case.origin.file)
        if case.origin.line:
            attributes["line"] = str(case.origin.line)
    element = ET.Element("testcase", attributes)
    if case.mark is not Mark.OK:
        tag = "error" if case.mark is Mark.UNSURE else "failure"
        problem = ET.SubElement(
            element,
            tag,
            {"message": _safe(f"{case.mark.value}: {case.message}"), "type": _safe(case.kind)},
        )
        problem.text = "\n".join(_safe(line) for line in case.details)
    if case.flaky:
        ET.SubElement(element, "system-out").text = _safe(case.flaky)
    return element


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _safe(text: str) -> str:
    """XML 1.0 has no way at all to write most control characters, not even as references: they
    become escapes."""
    return printable(text)
