"""TAP 14: a plan, numbered points, YAML diagnostics."""

import re

import yaml
from report_samples import broken, flux, hostile, record, run

from prober.model.run import RunRecord
from prober.report import render
from prober.report.tap import description

POINT = re.compile(r"^(ok|not ok) (\d+) - (.*)$")


def points(sample: RunRecord) -> list[tuple[str, str]]:
    """Result and description of each test point, after checking the shape of the stream."""
    version, plan, *lines = render(sample, "tap").splitlines()
    assert version == "TAP version 14"
    found = [match for line in lines if (match := POINT.match(line))]
    assert [int(match[2]) for match in found] == list(range(1, len(found) + 1))
    assert plan == f"1..{len(found)}"
    assert all(POINT.match(line) or line.startswith(("  ", "# ")) for line in lines)
    return [(match[1], match[3]) for match in found]


def test_each_check_is_a_point() -> None:
    found = points(flux())
    assert len(found) == 9
    assert found[0] == ("ok", "source-controller → github.com:443/tcp")
    assert [result for result, _ in found].count("not ok") == 6


def test_a_point_that_is_not_ok_has_a_diagnostic() -> None:
    text = render(flux(), "tap")
    block = text.partition("not ok 2 - ")[2].partition("  ---\n")[2].partition("  ...\n")[0]
    diagnostic = yaml.safe_load(block)
    assert diagnostic["severity"] == "fail"
    assert diagnostic["kind"] == "rejected, as-predicted"
    assert "evidence: ICMP 3/3 from n1 (198.51.100.11)" in diagnostic["reasons"]
    assert diagnostic["at"] == {"file": "scenarios/flux.yaml", "line": 15}


def test_a_flake_that_passed_has_a_diagnostic_too() -> None:
    assert (
        "ok 6 - helm-controller → svc/source-controller:80/tcp\n  ---\n  flaky:\n  - timeout\n"
        in render(flux(), "tap")
    )


def test_names_cannot_become_directives() -> None:
    assert description("a # TODO later \\ b") == "a \\# TODO later \\\\ b"
    assert points(run(record("a #SKIP"))) == [("ok", "a \\#SKIP")]


def test_a_hostile_name_adds_no_point() -> None:
    assert len(points(hostile())) == 2


def test_an_empty_run_is_not_a_skip() -> None:
    assert [result for result, _ in points(broken())] == ["not ok", "not ok"]
    assert [result for result, _ in points(run())] == ["not ok"]
