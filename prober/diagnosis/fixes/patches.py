"""Edits of one object as a JSON patch: what it would become, and whether prediction says that it
helps. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.facts.wanted_flows import wanted_by
from prober.diagnosis.fixes.hypothetical import with_policy
from prober.diagnosis.fixes.policy_fixes import is_open, opened_by
from prober.model.jsonpatch import Operation, apply
from prober.model.objects import NetworkPolicy
from prober.model.run import Fix
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor


def edit_policy(
    summary: str,
    old: NetworkPolicy,
    new: NetworkPolicy,
    patch: Sequence[Operation],
    denials: Sequence[Denial],
    snapshot: Snapshot,
) -> Fix | None:
    """The fix that turns the policy `old` into `new`; None when prediction says that a denial would
    stay."""
    after = Predictor(with_policy(snapshot, old, new))
    if not all(is_open(denial, after) for denial in denials):
        return None
    return Fix(
        summary=summary,
        target=old.ref,
        patch=tuple(patch),
        manifest=patched(snapshot.sources.get(old.ref), patch),
        opens=opened_by(denials, after, Predictor(snapshot)),
        wanted=wanted_by(one.record for one in denials),
    )


def patched(source: Mapping[str, Any] | None, patch: Sequence[Operation]) -> dict[str, Any] | None:
    """The object after a patch; None for one that is not known."""
    return None if source is None else apply(source, patch)
