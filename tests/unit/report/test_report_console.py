"""What a person reads: marks, reasons, widths."""

import re
from dataclasses import replace

import pytest
from report_samples import (
    broken,
    flux,
    hostile,
    many,
    observation,
    pod,
    prediction,
    record,
    run,
    square,
)

from prober.model.check import Expectation
from prober.model.errors import UsageError
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import Control, FabricInfo, Result, Verdict
from prober.report import FORMATS, render
from prober.report.text import cells

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def table(*checks: object, width: int | None = None) -> str:
    return render(run(*checks), "table", width=width)  # type: ignore[arg-type]  # only ever check records


def test_the_first_line_says_what_ran_where() -> None:
    assert render(flux(), "table").splitlines()[0] == (
        "flux · lab · reject · 3 nodes, 9 pods · 9 checks, 5 vantages"
    )


def test_a_cluster_is_named_by_its_context() -> None:
    cluster = FabricInfo("kubernetes", "prod-eu1", "1.34", "kube-router, rejects")
    first = render(run(record(), fabric=cluster), "table").splitlines()[0]
    assert (
        first
        == "demo · context prod-eu1 · Kubernetes 1.34 · kube-router, rejects · 1 check, 1 vantage"
    )


@pytest.mark.parametrize(
    ("verdict", "result", "outcome", "line"),
    [
        (Verdict.AS_PREDICTED, Result.PASS, Outcome.OK, "  ok    a → b:80/tcp    1 ms"),
        (Verdict.AS_PREDICTED, Result.PASS, Outcome.TIMEOUT, "  ok    a → b:80/tcp  timeout  1 ms"),
        (
            Verdict.AS_PREDICTED,
            Result.FAIL,
            Outcome.REJECTED,
            "  FAIL  a → b:80/tcp  rejected  1 ms",
        ),
        (
            Verdict.BLOCKED,
            Result.FAIL,
            Outcome.TIMEOUT,
            "  FAIL  a → b:80/tcp  timeout, blocked  1 ms",
        ),
        (
            Verdict.BLOCKED,
            Result.PASS,
            Outcome.TIMEOUT,
            "  FAIL  a → b:80/tcp  timeout, blocked  1 ms",
        ),
        (Verdict.LEAK, Result.FAIL, Outcome.OK, "  LEAK  a → b:80/tcp  open  1 ms"),
        (Verdict.LEAK, Result.PASS, Outcome.OK, "  LEAK  a → b:80/tcp  open  1 ms"),
        (
            Verdict.INCONCLUSIVE,
            Result.INCONCLUSIVE,
            Outcome.TIMEOUT,
            "  UNSURE  a → b:80/tcp  timeout  1 ms",
        ),
        (Verdict.AS_PREDICTED, Result.PASS, Outcome.ERROR, "  UNSURE  a → b:80/tcp  error  1 ms"),
    ],
)
def test_the_first_word_is_the_result(
    verdict: Verdict, result: Result, outcome: Outcome, line: str
) -> None:
    check = record(seen=observation(outcome), verdict=verdict, result=result)
    assert table(check).splitlines()[2] == line


def test_reasons_stand_under_a_surprise_and_not_under_an_ok() -> None:
    text = table(
        record(reasons=("quiet",)),
        record("c → d:1/tcp", result=Result.FAIL, reasons=("loud", "louder")),
    )
    assert "quiet" not in text
    assert "        loud\n        louder\n" in text


def test_a_surprise_without_reasons_is_explained_all_the_same() -> None:
    denied = prediction(Ruling.DENIED, "policy demo/deny allows nothing")
    text = table(record(seen=observation(Outcome.TIMEOUT), predicted=denied, result=Result.FAIL))
    assert "timeout: nothing came back in time" in text
    assert "the policies say denied: policy demo/deny allows nothing" in text


def test_an_unusual_expectation_is_said() -> None:
    text = table(
        record(result=Result.FAIL, expected=Expectation.DENIED, reasons=("no policy selects it",))
    )
    assert "expected denied, saw ok" in text


def test_a_failed_control_is_said_once() -> None:
    control = Control(
        "from its own node n2, 80/tcp answers",
        "node/n2",
        "c",
        observation(Outcome.TIMEOUT),
        passed=False,
    )
    unsure = record(
        verdict=Verdict.INCONCLUSIVE,
        result=Result.INCONCLUSIVE,
        controls=(control,),
        reasons=("unknown",),
    )
    assert "control failed: from its own node n2, 80/tcp answers: timeout" in table(unsure)
    quoted = replace(unsure, reasons=(f"the control failed: {control.name}",))
    assert table(quoted).count(control.name) == 1


def test_a_flake_is_shown_although_the_check_passed() -> None:
    assert "        flaky: timeout, ok\n" in render(flux(), "table")


def test_the_last_line_counts_and_says_the_exit_code() -> None:
    last = render(flux(), "table").splitlines()[-1]
    assert last == "3 ok, 5 failed (1 leak, 1 blocked), 1 inconclusive, 1 flaky · 1.4 s · exit 1"


def test_a_pass_that_leaks_counts_as_failed() -> None:
    leak = record(verdict=Verdict.LEAK, expected=Expectation.OK)
    assert (
        table(leak).splitlines()[-1] == "0 ok, 1 failed (1 leak), 0 inconclusive · 1.4 s · exit 1"
    )


def test_causes_come_with_evidence_fix_and_what_it_opens() -> None:
    text = render(flux(), "table", width=120)
    assert "2 causes" in text
    assert "     fix       allow 22/TCP to anywhere in flux-system/allow-egress\n" in text
    assert "     opens     4 pods → anywhere:22/TCP, nothing else\n" in text
    assert "     explains  2 checks\n" in text


def test_a_long_list_of_evidence_is_counted_but_wide_shows_it() -> None:
    finding = replace(flux().findings[0], evidence=tuple(f"fact {n}" for n in range(9)))
    long = replace(flux(), findings=(finding,))
    assert "fact 3\n               and 5 more\n" in render(long, "table")
    assert "fact 8" in render(long, "wide")


def test_a_vantage_that_failed_is_shown_with_its_hint() -> None:
    text = render(broken(), "table")
    assert (
        "1 vantage could not run\n  pod/demo/a\n    the container was never ready\n    look "
        "at its events\n"
    ) in text
    assert "nothing was checked" in text
    assert text.endswith("exit 3\n")


def test_ten_thousand_checks_are_a_page_and_not_ten_thousand_lines() -> None:
    checks = []
    for number in range(10_000):
        name, reason = f"a → b:{number}/tcp", f"policy {number % 3} denies it"
        leak = replace(
            record(name, id=name, reasons=(reason,)), verdict=Verdict.LEAK, result=Result.FAIL
        )
        checks.append(leak if number % 5 == 0 else record(name, id=name, group=f"g{number % 100}"))
    for form in ("table", "matrix"):
        text = render(run(*checks), form, width=100)
        assert len(text.splitlines()) < 200
        assert text.count("LEAK  a → b") == 50
        assert "LEAK  650 more checks: policy 0 denies it" in text
        assert "8000 ok, 2000 failed (2000 leak), 0 inconclusive" in text


def test_many_checks_show_every_surprise_and_flake_and_count_the_rest() -> None:
    text = render(many(300), "table", width=80)
    assert len(text.splitlines()) < 20
    assert "LEAK  a → b:1007/tcp" in text
    assert "ok    a → b:1011/tcp" in text
    assert "  ok    198 of 200 checks  web\n" in text
    assert render(many(300), "wide").count("as-predicted") == 299


def test_more_groups_than_fit_share_a_line() -> None:
    text = table(*(record(f"a → b:{n}/tcp", group=f"group {n}") for n in range(50)))
    assert "  ok    1 check  group 19\n  ok    30 checks in 30 other groups\n" in text


@pytest.mark.parametrize("width", [50, 60, 80, 100, 132])
@pytest.mark.parametrize("sample", [flux, many, square, broken, hostile])
@pytest.mark.parametrize("name", ["table", "matrix"])
def test_no_line_is_wider_than_the_terminal(width: int, sample: object, name: str) -> None:
    text = render(sample(), name, width=width)  # type: ignore[operator]  # a builder of a sample
    lines = [
        line for line in text.splitlines() if "kubectl" not in line
    ]  # a command is to be copied: never wrapped
    assert max(cells(line) for line in lines) <= width


@pytest.mark.parametrize("name", ["table", "wide", "matrix"])
def test_without_colour_it_is_plain_text_and_colour_adds_nothing_but_colour(name: str) -> None:
    plain, colored = render(flux(), name), render(flux(), name, color=True)
    assert "\x1b" not in plain
    assert "\x1b[" in colored
    assert ESCAPE.sub("", colored) == plain


def test_wide_characters_keep_the_columns_aligned() -> None:
    seen = observation(Outcome.REJECTED)
    text = table(record("日本語 → データ:80/tcp", seen=seen), record("a → b:80/tcp", seen=seen))
    first, second = text.splitlines()[2:4]
    assert cells(first.partition("rejected")[0]) == cells(second.partition("rejected")[0])


@pytest.mark.parametrize("name", FORMATS)
def test_what_came_from_the_wire_cannot_control_the_terminal(name: str) -> None:
    text = render(hostile(), name)
    assert not any(char in text for char in "\x1b\x07\x00\u202e")
    text.encode("utf-8")


def test_wide_says_where_from_what_was_predicted_and_what_the_wire_said() -> None:
    line = next(line for line in render(flux(), "wide").splitlines() if "github.com:22" in line)
    for fact in (
        "pod/flux-system/source-controller-7d4b9c6f5-x2x7k",
        "203.0.113.10:22",
        "resolve 1 ms, connect 1 ms",
        "denied",
        "ICMP 3/3 from n1 (198.51.100.11)",
    ):
        assert fact in line


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="unknown output format 'pdf'") as caught:
        render(flux(), "pdf")
    assert "junit" in caught.value.hint


def test_pods_are_named_as_people_name_them() -> None:
    assert "source-controller-7d4b9c6f5" not in render(
        run(record(source=pod("source-controller"))), "table"
    )
