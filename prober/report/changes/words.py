"""Changes in words."""

from __future__ import annotations

from prober.model.baseline import Cell, Change, ChangeKind, ChangeReport, ChangeStatus, Reach
from prober.report.words import Mark

_REACHES = {
    Reach.OPEN: "open",
    Reach.REFUSED: "refused",
    Reach.CLOSED: "closed",
    Reach.UNKNOWN: "unknown",
}


def mark_of(change: Change) -> Mark:
    """What the change adds to the exit code, as the marks of a run say it."""
    if change.status is ChangeStatus.CHANGED:
        return Mark.FAIL
    return Mark.UNSURE if change.status is ChangeStatus.UNSURE else Mark.OK


def word_of(change: Change) -> str:
    """The kind of the change; in capitals where it counts, so that it is seen without colour."""
    counts = change.status in (ChangeStatus.CHANGED, ChangeStatus.UNSURE)
    return change.kind.value.upper() if counts else change.kind.value


def state_text(change: Change) -> str:
    """`open → closed (rejected)`; of what appeared or vanished, the one state that is known."""
    if change.kind is ChangeKind.PREDICTED and change.before and change.after:
        return f"{change.before.predicted.value} → {change.after.predicted.value}"
    then, now = (_state(cell) if cell else "" for cell in (change.before, change.after))
    return " → ".join(part for part in (then, now) if part)


def _state(cell: Cell) -> str:
    if cell.observed is None:
        return cell.predicted.value
    word = f"{cell.share} open" if cell.observed is Reach.PARTLY else _REACHES[cell.observed]
    telling = [outcome for outcome in cell.outcomes if outcome not in ("ok", word)]
    return f"{word} ({', '.join(telling)})" if telling else word


def changes_counts(report: ChangeReport) -> str:
    """`1 opened, 2 closed, 1 allowed, 0 unknown`: kinds of changes that count, then what else there
    is."""
    counting = [change for change in report.changes if change.status is ChangeStatus.CHANGED]
    parts = [f"{sum(change.kind is kind for change in counting)} {kind.value}" for kind in _ALWAYS]
    for kind in (ChangeKind.APPEARED, ChangeKind.VANISHED):
        if count := sum(change.kind is kind for change in counting):
            parts.append(f"{count} {kind.value}")
    statuses = [change.status for change in report.changes]
    if allowed := statuses.count(ChangeStatus.ALLOWED):
        parts.append(f"{allowed} allowed")
    parts.append(f"{statuses.count(ChangeStatus.UNSURE)} unknown")
    if problems := len(report.problems):
        parts.append(f"{problems} without effect")
    if silent := statuses.count(ChangeStatus.AS_BEFORE):
        parts.append(f"{silent} not comparable, then as now")
    return ", ".join(parts)


_ALWAYS = (ChangeKind.OPENED, ChangeKind.CLOSED, ChangeKind.PREDICTED)
