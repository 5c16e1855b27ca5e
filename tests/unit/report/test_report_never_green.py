"""The rule behind every format: what the exit code does not call green, no report shows as
green."""

from xml.etree import ElementTree as ET

from hypothesis import given, strategies as st
from report_samples import observation, record, run

from prober.model.check import Expectation
from prober.model.errors import ExitCode
from prober.model.outcome import Outcome
from prober.model.probe import Failure
from prober.model.run import Result, RunRecord, Verdict
from prober.report import render

checks = st.builds(
    record,
    seen=st.builds(observation, st.sampled_from(Outcome)),
    verdict=st.sampled_from(Verdict),
    result=st.sampled_from(Result),
    expected=st.sampled_from(Expectation),
)
failures = st.just((Failure("pod/demo/a", "never ready"),))
records = st.builds(
    lambda found, failed: run(*found, failures=failed),
    st.lists(checks, max_size=4),
    failures | st.just(()),
)


@given(records)
def test_junit_and_tap_are_green_exactly_when_the_exit_code_is(sample: RunRecord) -> None:
    green = sample.exit_code is ExitCode.OK
    root = ET.fromstring(render(sample, "junit").encode())  # noqa: S314 - our own output
    assert (root.get("failures") == "0" and root.get("errors") == "0") is green
    assert int(root.get("tests", "0")) > 0
    points = [
        line for line in render(sample, "tap").splitlines() if line.startswith(("ok ", "not ok "))
    ]
    assert (bool(points) and all(line.startswith("ok ") for line in points)) is green


@given(records)
def test_the_page_is_green_exactly_when_the_exit_code_is(sample: RunRecord) -> None:
    page = render(sample, "html")
    assert ('class="verdict ok"' in page) is (sample.exit_code is ExitCode.OK)
    assert f"exit {sample.exit_code.value}<" in page


@given(records)
def test_failures_in_junit_mean_exit_code_one(sample: RunRecord) -> None:
    root = ET.fromstring(render(sample, "junit").encode())  # noqa: S314 - our own output
    assert (root.get("failures") != "0") is (sample.exit_code is ExitCode.FAILED)


@given(records)
def test_the_table_says_whatever_keeps_it_from_being_green(sample: RunRecord) -> None:
    text = render(sample, "table")
    words = [line.split()[0] for line in text.splitlines() if line.startswith("  ") and "→" in line]
    surprised = any(word in ("FAIL", "LEAK", "UNSURE") for word in words)
    hidden = not surprised and "could not run" not in text and "nothing was checked" not in text
    assert hidden is (sample.exit_code is ExitCode.OK)
    assert text.rstrip().endswith(f"exit {sample.exit_code.value}")
