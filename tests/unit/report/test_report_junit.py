"""JUnit XML, read back as a CI server would."""

from xml.etree import ElementTree as ET

from report_samples import broken, flux, hostile, record, run

from prober.model.run import Result, RunRecord
from prober.report import render


def parsed(sample: RunRecord) -> ET.Element:
    return ET.fromstring(render(sample, "junit").encode())  # noqa: S314 - our own output


def test_there_is_a_suite_for_each_group() -> None:
    root = parsed(flux())
    assert [suite.get("name") for suite in root] == ["outside", "names", "artifacts", "isolation"]
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "9",
        "failures": "5",
        "errors": "1",
        "skipped": "0",
        "time": "1.432",
    }


def test_the_counts_are_those_of_the_cases() -> None:
    for suite in parsed(flux()):
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
        assert suite.get("errors") == str(len(suite.findall("testcase/error")))


def test_a_failure_says_why_with_the_evidence() -> None:
    failure = parsed(flux()).find(
        "*/testcase[@name='source-controller → github.com:22/tcp']/failure"
    )
    assert failure is not None
    assert failure.get("type") == "rejected, as-predicted"
    assert str(failure.get("message")).startswith(
        "FAIL: egress policy flux-system/allow-egress allows 443"
    )
    assert "evidence: ICMP 3/3 from n1 (198.51.100.11)" in str(failure.text)


def test_a_case_points_to_its_line_in_the_scenario() -> None:
    case = parsed(flux()).find("*/testcase[@name='source-controller → github.com:22/tcp']")
    assert case is not None
    assert (case.get("file"), case.get("line")) == ("scenarios/flux.yaml", "15")


def test_what_proves_nothing_is_an_error() -> None:
    case = parsed(flux()).find("*/testcase[@name='helm-controller → charts.example.com:443/tcp']")
    assert case is not None
    assert case.find("error") is not None


def test_a_flake_that_passed_is_noted() -> None:
    case = parsed(flux()).find("*/testcase[@name='helm-controller → svc/source-controller:80/tcp']")
    assert case is not None
    assert case.findtext("system-out") == "flaky: timeout, ok"
    assert case.find("failure") is None


def test_a_vantage_that_failed_and_an_empty_run_are_errors() -> None:
    root = parsed(broken())
    assert root.get("errors") == "2"
    assert [case.get("name") for case in root.iter("testcase")] == [
        "vantage pod/demo/a runs its probes",
        "at least one check ran",
    ]


def test_cases_of_one_name_stay_apart() -> None:
    twice = run(record("a → b", id="one"), record("a → b", id="two", result=Result.FAIL))
    assert [case.get("name") for case in parsed(twice).iter("testcase")] == [
        "a → b [one]",
        "a → b [two]",
    ]


def test_no_character_breaks_the_xml() -> None:
    failure = parsed(hostile()).find("*/testcase/failure")
    assert failure is not None
    assert "]]> <b> & \"'" in str(failure.text)
    assert "\\x1b[2J" in str(failure.text)
