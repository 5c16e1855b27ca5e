"""A change report as test cases: one for each flow that is not as it was, and one for all that
are."""

from __future__ import annotations

from collections.abc import Iterator

from prober.model.baseline import Change, ChangeReport
from prober.report.cases import RUN_SUITE, TestCase, TestSuite, failure_cases
from prober.report.changes.words import changes_counts, mark_of, state_text
from prober.report.text import plural
from prober.report.words import Mark


def suite_of(report: ChangeReport) -> TestSuite:
    """The suite: all `ok` only when the exit code is 0."""
    fabric = report.fabric
    facts = {"fabric": fabric.name, "enforcement": fabric.enforcement} if fabric else {}
    return TestSuite(
        report.name,
        tuple(_cases(report)),
        report.duration_ms / 1000,
        report.started,
        f"{changes_counts(report)}, exit {report.exit_code.value}",
        {**facts, "prober": report.version},
    )


def _cases(report: ChangeReport) -> Iterator[TestCase]:
    for change in report.changes:
        yield _case(change)
    for problem in report.problems:
        name, _, detail = problem.partition(": ")
        yield TestCase("policies", name, Mark.FAIL, "does nothing", detail or name, (problem,))
    yield from failure_cases(report.failures)
    if report.compared:
        yield TestCase(
            RUN_SUITE, f"{plural(report.compared, 'flow')} compared with {report.before}", Mark.OK
        )
    else:
        message = "nothing could be compared"
        yield TestCase(
            RUN_SUITE,
            "at least one flow is compared",
            Mark.UNSURE,
            "nothing compared",
            message,
            (message,),
        )


def _case(change: Change) -> TestCase:
    mark = mark_of(change)
    if mark is Mark.OK:
        return TestCase("changes", str(change.key), mark)
    head = f"{change.kind.value}: {state_text(change)}"
    details = (head, *(str(edit) for edit in change.edits), *change.reasons)
    return TestCase("changes", str(change.key), mark, change.kind.value, head, details)
