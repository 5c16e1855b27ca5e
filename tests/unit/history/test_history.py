"""Runs one after the other: what is the same in two of them, what changed, and since when."""

from __future__ import annotations

from dataclasses import replace

from report_samples import pod, record, run

from prober.history import changes_of, since, subject_of, summary_of
from prober.model.check import Endpoint, EndpointKind
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Place, Result, RunRecord, Verdict
from prober.report.words import Mark


def numbered(number: int, *checks: CheckRecord, **fields: object) -> RunRecord:
    started = f"2026-03-01T10:{number:02}:00Z"
    return replace(run(*checks), id=f"run-{number}", started=started, **fields)  # type: ignore[arg-type]  # names are checked by replace


def failing(name: str = "a → b:80/tcp", **fields: object) -> CheckRecord:
    return replace(record(name, **fields), verdict=Verdict.BLOCKED, result=Result.FAIL)  # type: ignore[arg-type]  # names are checked by replace


def test_a_check_is_the_same_after_a_rollout() -> None:
    def rolled(suffix: str) -> RunRecord:
        source = Endpoint(EndpointKind.POD, "demo", f"web-{suffix}")
        places = {f"demo/web-{suffix}": Place("deploy/web", "n1")}
        return run(record(source=source), places=places)

    before, after = rolled("7d4b9c6f5-aaaaa"), rolled("555cbd8d7-bbbbb")
    assert summary_of(before).marks == summary_of(after).marks
    (subject,) = summary_of(before).marks
    assert subject.startswith("demo/deploy/web → ")
    assert subject_of(before.checks[0].check, {}) != subject, (
        "unknown places are the pods' own names"
    )


def test_a_subject_has_the_worst_mark_of_its_checks() -> None:
    both = summary_of(run(record(id="one"), failing(id="two")))
    assert list(both.marks.values()) == [Mark.FAIL]


def test_what_went_wrong_is_told_first_and_new_checks_that_are_ok_are_not_told() -> None:
    before = summary_of(numbered(1, record(port=80), failing(port=81), record(port=83)))
    after = summary_of(numbered(2, failing(port=80), record(port=81), record(port=82)))
    told = [
        (change.subject.split(":")[1], change.before, change.after)
        for change in changes_of(before, after)
    ]
    assert told == [
        ("80/tcp", Mark.OK, Mark.FAIL),
        ("83/tcp", Mark.OK, None),
        ("81/tcp", Mark.FAIL, Mark.OK),
    ]
    assert not changes_of(after, after)


def test_since_is_the_first_run_without_a_break() -> None:
    checks = [record(), failing(), record(), failing(), failing()]
    runs = [summary_of(numbered(number, check)) for number, check in enumerate(checks)]
    (subject,) = runs[0].marks
    first = since(runs, subject)
    assert first is not None
    assert first.id == "run-3"
    assert since(runs, "nobody → nothing") is None
    assert since([], subject) is None


def test_runs_of_other_scenarios_and_fabrics_are_other_series() -> None:
    first = summary_of(numbered(1, record()))
    assert first.series == summary_of(numbered(2, failing())).series
    assert first.series != summary_of(numbered(2, record(), scenario="other")).series


def test_an_error_of_the_probe_is_no_ok() -> None:
    seen = replace(record().observation, outcome=Outcome.ERROR)
    assert list(summary_of(run(record(seen=seen, source=pod("c")))).marks.values()) == [Mark.UNSURE]
