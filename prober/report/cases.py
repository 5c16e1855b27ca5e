"""Cases: what test reports count. One home for the rule that a run that is not green has a case
that is not green."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from prober.model.errors import Location
from prober.model.probe import Failure
from prober.model.run import CheckRecord, RunRecord
from prober.report.evidence import evidence_line
from prober.report.words import Mark, counts_text, explain, flake, mark_of

RUN_SUITE = "run"
"""The suite of what is not a check: vantages that failed, and a run without a check."""


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test case."""

    suite: str
    """The group of the check, else the scenario."""
    name: str
    """Unique in its suite: GitLab and Jenkins take two cases of one name for one."""
    mark: Mark
    kind: str = ""
    """Of a surprise: the outcome and the verdict, as in `rejected, as-predicted`."""
    message: str = ""
    """Of a surprise: its first sentence."""
    details: tuple[str, ...] = ()
    """Of a surprise: its causes with what to do, every sentence, and the evidence."""
    flaky: str = ""
    """`flaky: timeout, ok`, also where the case passed."""
    seconds: float = 0.0
    origin: Location | None = None


@dataclass(frozen=True, slots=True)
class TestSuite:
    """Everything that a test report says."""

    name: str
    cases: tuple[TestCase, ...]
    seconds: float
    started: str
    """RFC 3339, UTC; empty when nothing was run."""
    last: str
    """The counts and the exit code, in words."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What it ran on."""


def suite_of(record: RunRecord) -> TestSuite:
    """The suite of a run."""
    facts = {
        "fabric": record.fabric.name,
        "enforcement": record.fabric.enforcement,
        "prober": record.version,
        "run": record.id,
    }
    last = f"{counts_text(record)}, exit {record.exit_code.value}"
    return TestSuite(
        record.scenario, cases(record), record.duration_ms / 1000, record.started, last, facts
    )


def cases(record: RunRecord) -> tuple[TestCase, ...]:
    """The checks in their order, then what could not be run. Never empty, and all `ok` only when
    the exit code is 0."""
    checks = [_check_case(check, record) for check in record.checks]
    repeated = Counter((case.suite, case.name) for case, _ in checks)
    unique = [
        case
        if repeated[case.suite, case.name] == 1
        else replace(case, name=f"{case.name} [{identity}]")
        for case, identity in checks
    ]
    return (*unique, *_run_cases(record))


def _check_case(check: CheckRecord, record: RunRecord) -> tuple[TestCase, str]:
    """The case and the check's id, which makes its name unique where it must."""
    mark = mark_of(check)
    surprise = mark is not Mark.OK
    sentences = explain(check) if surprise else ()
    steps = tuple(next_steps(check, record)) if surprise else ()
    evidence = evidence_line(check.observation.evidence, record.addresses) if surprise else ""
    case = TestCase(
        suite=check.check.group or record.scenario or RUN_SUITE,
        name=check.check.name,
        mark=mark,
        kind=f"{check.observation.outcome.value}, {check.verdict.value}" if surprise else "",
        message=sentences[0] if sentences else "",
        details=(*steps, *sentences, *([f"evidence: {evidence}"] if evidence else [])),
        flaky=flake(check.observation),
        seconds=check.observation.time_ms / 1000,
        origin=check.check.origin,
    )
    return case, check.check.id


def next_steps(check: CheckRecord, record: RunRecord) -> Iterator[str]:
    """The causes of a check, and what to do about each; where nobody has looked for one, that."""
    known = [
        (number, finding)
        for number, finding in enumerate(record.findings, start=1)
        if check.check.id in finding.checks
    ]
    for number, finding in known:
        yield f"cause: {finding.cause} ({finding.id}, {finding.confidence.value})"
        if finding.fix is not None:
            yield f"next: {finding.fix.summary}"
            if finding.fix.command:
                yield f"apply: prober fix {number} --apply"
    if not known:
        yield f"next: ask `prober explain` for what the policies say, and {TAKE_A_BUNDLE}"


TAKE_A_BUNDLE = "take a bundle with `prober evidence`"


def _run_cases(record: RunRecord) -> Iterator[TestCase]:
    yield from failure_cases(record.failures)
    if not record.checks:
        message = "nothing was checked"
        yield TestCase(
            RUN_SUITE, "at least one check ran", Mark.UNSURE, "no checks", message, (message,)
        )


def failure_cases(failures: Sequence[Failure]) -> Iterator[TestCase]:
    """A case that is not ok for each vantage that could not run."""
    for number, failure in enumerate(failures, start=1):
        yield _failure_case(failure, number)


def _failure_case(failure: Failure, number: int) -> TestCase:
    details = tuple(part for part in (failure.message, failure.hint) if part)
    name = f"vantage {failure.vantage} runs its probes"
    return TestCase(
        RUN_SUITE,
        f"{name} ({number})" if number > 1 else name,
        Mark.UNSURE,
        "vantage failed",
        failure.message,
        details,
    )
