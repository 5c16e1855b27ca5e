"""Which policy did it: the edit that, taken back, makes the prediction what it was. Pure.

A policy that decides now need not be the one that changed anything (another may decide the same),
and one that is gone decides nothing any more. So the question is asked of the predictor: with this
one edit undone, would the flow be as it was?
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from prober.model.baseline import EditKind, PolicyEdit
from prober.model.check import Flow
from prober.model.languages.kinds import PolicyObject
from prober.model.objects import NetworkPolicy, Ref
from prober.model.prediction import Prediction
from prober.model.snapshot import Snapshot
from prober.policy import Predictor

AnyPolicy = NetworkPolicy | PolicyObject
"""In any language."""


def edits_between(
    before: Iterable[AnyPolicy], after: Iterable[AnyPolicy]
) -> tuple[PolicyEdit, ...]:
    """What happened to the policies, by name."""
    old, new = {policy.ref: policy for policy in before}, {policy.ref: policy for policy in after}
    return tuple(
        PolicyEdit(ref, _kind(ref in old, ref in new))
        for ref in sorted(old.keys() | new.keys())
        if old.get(ref) != new.get(ref)
    )


def _kind(before: bool, after: bool) -> EditKind:
    if before and after:
        return EditKind.CHANGED
    return EditKind.ADDED if after else EditKind.REMOVED


class Blame:
    """Answers for flows between the pods of the later moment.

    `before` are the policies of the earlier one, of the same namespaces as those of `edits`.
    """

    def __init__(
        self, snapshot: Snapshot, before: Iterable[AnyPolicy], edits: Sequence[PolicyEdit]
    ) -> None:
        self._snapshot = snapshot
        self._old = {policy.ref: policy for policy in before}
        self._edits = edits
        self._now = Predictor(snapshot)
        self._undone: dict[tuple[Ref, ...], Predictor] = {}

    def prediction(self, flow: Flow) -> Prediction:
        """What the policies say now."""
        return self._now.predict(flow)

    def culprits(self, flow: Flow) -> tuple[PolicyEdit, ...]:
        """The edits that changed what the policies say about a flow; empty when no edit did.

        Each that alone makes the difference; where only several together do, those among them that
        decide, then or now.
        """
        verdict = self._now.rulings(flow).verdict
        before = self._without(self._edits)
        if not self._edits or before.rulings(flow).verdict is verdict:
            return ()
        alone = tuple(
            edit
            for edit in self._edits
            if self._without((edit,)).rulings(flow).verdict is not verdict
        )
        if alone:
            return alone
        decided = {*before.predict(flow).decisive, *self._now.predict(flow).decisive}
        return tuple(edit for edit in self._edits if edit.policy in decided) or tuple(self._edits)

    def _without(self, edits: Sequence[PolicyEdit]) -> Predictor:
        """A predictor for the world in which these edits were not made."""
        refs = tuple(edit.policy for edit in edits)
        if refs not in self._undone:
            now = self._snapshot
            kept = [policy for policy in now.policies if policy.ref not in refs]
            others = [policy for policy in now.other_policies if policy.ref not in refs]
            back = [self._old[ref] for ref in refs if ref in self._old]
            kept += [policy for policy in back if isinstance(policy, NetworkPolicy)]
            others += [policy for policy in back if isinstance(policy, PolicyObject)]
            self._undone[refs] = Predictor(
                replace(now, policies=tuple(kept), other_policies=tuple(others))
            )
        return self._undone[refs]
