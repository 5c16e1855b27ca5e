"""Before a rollout: edited policies that cannot do what they were written for. Pure.

No flow changes by a policy that selects nothing, and none by a rule for a namespace that is not
there; a preview of them would be green and say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prober.audit import View
from prober.audit.checks import namespace_unmatched, selects_nothing
from prober.model.baseline import EditKind, PolicyEdit
from prober.model.snapshot import Snapshot
from prober.scenario import did_you_mean


def idle_policies(after: Snapshot, edits: Sequence[PolicyEdit]) -> Iterator[str]:
    """A sentence for each edited policy that selects nothing, is in a namespace that is not there,
    or has a rule for one."""
    edited = [edit.policy for edit in edits if edit.kind is not EditKind.REMOVED]
    homeless = {ref for ref in edited if ref.namespace not in after.namespaces}
    for ref in edited:
        if ref in homeless:
            problem = f"NetworkPolicy {ref} is in namespace {ref.namespace}, which is not there"
            yield _with_hint(problem, did_you_mean(ref.namespace, after.namespaces))
    view = View(after)
    for spot in (*selects_nothing.find(view), *namespace_unmatched.find(view)):
        if spot.object in edited and spot.object not in homeless:
            yield _with_hint(spot.message, spot.hint)


def _with_hint(problem: str, hint: str) -> str:
    return f"{problem}: {hint}" if hint else problem
