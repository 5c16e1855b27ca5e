"""A baseline and a new survey → the report of what changed, with whose doing it was. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from prober.baseline.allow import Allowance, allow, unused
from prober.baseline.blame import AnyPolicy, Blame, edits_between
from prober.baseline.compare import compare, compared
from prober.baseline.survey import Survey, reach_of
from prober.model.baseline import (
    Baseline,
    Change,
    ChangeKind,
    ChangeReport,
    FlowKey,
    PolicyEdit,
    Reach,
)
from prober.model.objects import Labels
from prober.model.run import CheckRecord, RunRecord

_EXPLAINED = (ChangeKind.OPENED, ChangeKind.CLOSED, ChangeKind.PREDICTED, ChangeKind.UNKNOWN)


def diff(
    then: Baseline, now: Survey, record: RunRecord, allowances: Sequence[Allowance], name: str
) -> ChangeReport:
    """What changed since `then`. `record` is the run that `now` was made from."""
    spaces = then.namespaces.keys() | now.baseline.namespaces.keys()
    old: list[AnyPolicy] = [*then.policies, *then.others]
    new = [policy for policy in now.snapshot.policies if policy.namespace in spaces]
    others = [policy for policy in now.snapshot.other_policies if policy.namespace in {"", *spaces}]
    edits = edits_between(old, [*new, *others])
    explainer = _Explainer(then, now, Blame(now.snapshot, old, edits))
    changes = tuple(
        explainer.explained(change) for change in compare(then.cells, now.baseline.cells)
    )
    return ChangeReport(
        name=name,
        before=then.created,
        fabric=record.fabric,
        compared=compared(then.cells, now.baseline.cells),
        changes=allow(changes, allowances),
        edits=edits,
        failures=record.failures,
        warnings=(*record.warnings, *_elsewhere(then, now), *unused(changes, allowances)),
        started=record.started,
        duration_ms=record.duration_ms,
        version=record.version,
    )


def _elsewhere(then: Baseline, now: Survey) -> Iterator[str]:
    old, new = then.fabric, now.baseline.fabric
    if (old.kind, old.name) != (new.kind, new.name):
        yield f"the baseline was saved on {old.kind} {old.name}, and this is {new.kind} {new.name}"


class _Explainer:
    """Says of each change what did it."""

    def __init__(self, then: Baseline, now: Survey, blame: Blame) -> None:
        self._then = then
        self._now = now
        self._blame = blame

    def explained(self, change: Change) -> Change:
        """The change with the edits that did it, and in sentences what decides now."""
        if change.before is None or change.after is None:
            reasons = change.reasons or tuple(
                self._one_sided(change.key, gone=change.after is None)
            )
            return replace(change, reasons=reasons)
        if change.kind not in _EXPLAINED:
            return change
        record = self._typical(change)
        same = change.before.predicted is change.after.predicted
        edits = () if same else self._blame.culprits(record.check.flow)
        return replace(change, edits=edits, reasons=tuple(self._reasons(change, record, edits)))

    def _typical(self, change: Change) -> CheckRecord:
        """A pair of pods that shows the change."""
        records = self._now.records[change.key]
        if change.kind is ChangeKind.PREDICTED:
            old = change.before.predicted.value if change.before else ""
            return next(
                (record for record in records if record.prediction.verdict.value != old), records[0]
            )
        shown: Mapping[ChangeKind, tuple[Reach, ...]] = {
            ChangeKind.OPENED: (Reach.OPEN, Reach.REFUSED),
            ChangeKind.CLOSED: (Reach.CLOSED, Reach.REFUSED),
            ChangeKind.UNKNOWN: (Reach.UNKNOWN,),
        }
        return next(
            (record for record in records if reach_of(record) in shown[change.kind]), records[0]
        )

    def _reasons(
        self, change: Change, record: CheckRecord, edits: Sequence[PolicyEdit]
    ) -> Iterator[str]:
        assert change.before and change.after  # noqa: S101 - one-sided changes are explained elsewhere
        then, now = change.before.predicted, change.after.predicted
        if then is now:
            yield f"the policies say {now.value}, then as now: it is not a policy that changed this"
            yield from self._relabelled(change.key)
            yield from record.reasons
            return
        if not edits:
            yield (
                f"no policy changed about this, but the policies say {now.value} now, "
                f"{then.value} then"
            )
            yield from self._relabelled(change.key)
        yield record.prediction.reason
        if change.kind is ChangeKind.PREDICTED and change.after.observed is not None:
            yield f"observed: {change.after.observed.value}, as before"

    def _one_sided(self, key: FlowKey, *, gone: bool) -> Iterator[str]:
        here = self._now.baseline.workloads if gone else self._then.workloads
        missing = [
            name for name in dict.fromkeys((key.source, key.destination)) if name not in here
        ]
        when = "is not there any more" if gone else "was not there before"
        if missing:
            yield from (f"{name} {when}" for name in missing)
        else:
            yield f"port {key.port_text} of {key.destination} {when}"

    def _relabelled(self, key: FlowKey) -> Iterator[str]:
        """Selectors that select others than before are the usual reason where no policy was
        edited."""
        for name in dict.fromkeys((key.source, key.destination)):
            old, new = self._then.workloads.get(name), self._now.baseline.workloads.get(name)
            if old is not None and new is not None and old != new:
                yield f"the labels of {name} changed: {_label_changes(old, new)}"
            space = name.rpartition(".")[2]
            old, new = self._then.namespaces.get(space), self._now.baseline.namespaces.get(space)
            if old is not None and new is not None and old != new:
                yield f"the labels of namespace {space} changed: {_label_changes(old, new)}"


def _label_changes(old: Labels, new: Labels) -> str:
    gone = [f"-{key}={value}" for key, value in old.items() if new.get(key) != value]
    come = [f"+{key}={value}" for key, value in new.items() if old.get(key) != value]
    return ", ".join([*gone, *come])
