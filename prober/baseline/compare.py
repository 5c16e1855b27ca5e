"""Two baselines → the changes. Pure.

What cannot be compared is a change too, of its own kind: it is said, and it is never green where
something may have been lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from prober.model.baseline import Cell, Change, ChangeKind, ChangeStatus, FlowKey, Forecast, Reach
from prober.model.outcome import Outcome

_RANK: Mapping[Reach, int] = {Reach.CLOSED: 0, Reach.PARTLY: 1, Reach.REFUSED: 2, Reach.OPEN: 3}
"""How far packets get."""
_FORECAST_RANK: Mapping[Forecast, int] = {
    Forecast.DENIED: 0,
    Forecast.PARTLY: 1,
    Forecast.ALLOWED: 2,
}


def compare(before: Mapping[FlowKey, Cell], after: Mapping[FlowKey, Cell]) -> tuple[Change, ...]:
    """Every flow that is not as it was, or cannot be compared, in the order of their keys."""
    return tuple(_changes(before, after))


def compared(before: Mapping[FlowKey, Cell], after: Mapping[FlowKey, Cell]) -> int:
    """How many flows are in both and known in both."""
    return sum(
        Reach.UNKNOWN not in (before[key].observed, after[key].observed)
        for key in before.keys() & after.keys()
    )


def among_its_own(key: FlowKey) -> bool:
    """A flow among the pods of one workload: whether there is one depends on how many pods it has
    at the moment."""
    return key.source == key.destination


def _changes(before: Mapping[FlowKey, Cell], after: Mapping[FlowKey, Cell]) -> Iterator[Change]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is not None and new is not None:
            kind = kind_of(old, new)
            if kind is not None:
                yield Change(key, kind, _status(kind, old, new), old, new)
        elif among_its_own(key):
            reason = (
                f"{key.source} has only one pod {'now' if old else 'in the baseline'}: there is "
                "no flow among them"
            )
            yield Change(key, _one_sided(old), ChangeStatus.AS_BEFORE, old, new, reasons=(reason,))
        else:
            yield Change(key, _one_sided(old), ChangeStatus.CHANGED, old, new)


def _one_sided(old: Cell | None) -> ChangeKind:
    return ChangeKind.APPEARED if old is None else ChangeKind.VANISHED


def kind_of(old: Cell, new: Cell) -> ChangeKind | None:
    """What became of a flow; None: nothing."""
    if old.observed is None or new.observed is None:
        return _by_prediction(old.predicted, new.predicted)
    if Reach.UNKNOWN in (old.observed, new.observed):
        said = old.predicted is not new.predicted and _lost_nothing(old, new)
        return ChangeKind.PREDICTED if said else ChangeKind.UNKNOWN
    then, now = _reach(old), _reach(new)
    if then != now:
        return ChangeKind.OPENED if now > then else ChangeKind.CLOSED
    return ChangeKind.PREDICTED if old.predicted != new.predicted else None


def _by_prediction(old: Forecast, new: Forecast) -> ChangeKind | None:
    if old is new:
        return None
    if Forecast.UNDEFINED in (old, new):
        return ChangeKind.PREDICTED  # what it means for packets is the implementation's business
    return ChangeKind.OPENED if _FORECAST_RANK[new] > _FORECAST_RANK[old] else ChangeKind.CLOSED


def _reach(cell: Cell) -> tuple[int, Fraction]:
    assert cell.observed is not None  # noqa: S101 - only observed cells are compared by what was observed
    return _RANK[cell.observed], Fraction(cell.share or 0)


def _lost_nothing(old: Cell, new: Cell) -> bool:
    """Both unknown, for the same reason, and the probes did run."""
    same = old.observed is new.observed and old.outcomes == new.outcomes
    return same and Outcome.ERROR.value not in new.outcomes


def _status(kind: ChangeKind, old: Cell, new: Cell) -> ChangeStatus:
    if kind is not ChangeKind.UNKNOWN:
        return ChangeStatus.CHANGED
    return ChangeStatus.AS_BEFORE if _lost_nothing(old, new) else ChangeStatus.UNSURE
