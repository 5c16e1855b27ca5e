"""PURE. What changed between two runs, and since when something is as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prober.history.summary import Summary
from prober.model.errors import ExitCode
from prober.report.words import Mark


@dataclass(frozen=True, slots=True)
class Change:
    """One subject whose mark is not what it was."""

    subject: str
    before: Mark | None
    """None: it was not checked."""
    after: Mark | None


def changes_of(before: Summary, after: Summary) -> tuple[Change, ...]:
    """Every subject whose mark differs between two runs: what went wrong first, then by name. What
    is new and ok is no change that anybody waits for."""
    subjects = dict.fromkeys((*after.marks, *before.marks))
    pairs = (Change(one, before.marks.get(one), after.marks.get(one)) for one in subjects)
    told = (
        change
        for change in pairs
        if change.before is not change.after
        and not (change.before is None and change.after is Mark.OK)
    )
    return tuple(sorted(told, key=lambda change: (change.after is Mark.OK, change.subject)))


def since(runs: Sequence[Summary], subject: str) -> Summary | None:
    """The first run of those without a break at the end in which the subject has the mark that it
    has in the last. `runs` are of one series, the oldest first; None when the last did not check
    it."""
    if not runs or subject not in runs[-1].marks:
        return None
    return runs[-streak([run.marks.get(subject) for run in runs])]


def streak(marks: Sequence[Mark | ExitCode | None]) -> int:
    """How many at the end are what the last is; at least 1."""
    count = 0
    for mark in reversed(marks):
        if mark is not marks[-1]:
            break
        count += 1
    return max(count, 1)
