"""What an object is now, against what the run saw: which offers it has, and whether somebody else
changed it. Pure.

A fix was vetted against the object as it was. On top of the run's other fixes it means what it
meant; on top of what somebody else did since, nobody has looked at what it opens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prober.model.errors import UsageError
from prober.model.objects import Ref
from prober.model.patches.jsonpatch import Operation, PatchError, apply, undo_of
from prober.model.patches.rebase import has_it, rebased
from prober.remedy.offers import Offer

_AGAIN = "run the checks again: what they offer then is for the object as it is now"


def patch_for(
    offer: Offer, now: Mapping[str, Any], offers: Sequence[Offer]
) -> tuple[Operation, ...]:
    """The offer's patch for the object as it is now; empty where the object has it already.
    `offers` are all of the run. Raises `UsageError` when somebody else changed the object since."""
    if has_it(now, offer.fix.patch):
        return ()
    before = found_by_run(offer.target, offers)
    if before is not None and essence(_without(offers, offer.target, now)) != essence(before):
        raise UsageError(
            f"{offer.target.kind} {offer.target} was changed since the run", hint=_AGAIN
        )
    return rebased(offer.fix.patch, now)


def found_by_run(target: Ref, offers: Sequence[Offer]) -> Mapping[str, Any] | None:
    """The object as the run saw it; None where the record does not say."""
    first = next((offer for offer in offers if offer.target == target), None)
    if first is None or first.fix.manifest is None or first.fix.creates:
        return None
    try:
        return apply(first.fix.manifest, undo_of(first.fix.manifest, first.fix.patch))
    except PatchError:
        return None


def creation_needed(offer: Offer, now: Mapping[str, Any] | None) -> bool:
    """Whether the new object is still to be created. Raises `UsageError` when another one has its
    name."""
    if now is None:
        return True
    if essence(now) != essence(offer.fix.manifest or {}):
        raise UsageError(
            f"there is a {offer.target.kind} {offer.target} already, and it is another one",
            hint=_AGAIN,
        )
    return False


def check_undone_by_deleting(offer: Offer, now: Mapping[str, Any] | None) -> None:
    """Raises `UsageError` when the object is gone, or somebody has changed it since it was
    created."""
    if now is None or essence(now) != essence(offer.fix.manifest or {}):
        state = "is not there any more" if now is None else "is not as the fix left it"
        raise UsageError(
            f"{offer.target.kind} {offer.target} {state}",
            hint="it was undone or edited since: look at it",
        )


def essence(whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the object says: its spec and, of a Namespace, its labels. What is empty says
    nothing."""
    labels = whole.get("metadata", {}).get("labels") if whole.get("kind") == "Namespace" else None
    return {"spec": _pruned(whole.get("spec") or {}), "labels": labels or {}}


def _pruned(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Without empty lists: the API server leaves them out where a file may have them."""
    return {key: value for key, value in spec.items() if value != []}


def _without(offers: Sequence[Offer], target: Ref, now: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object without what the run's own fixes have put there."""
    for offer in reversed([made for made in offers if made.target == target]):
        if has_it(now, offer.fix.patch):
            try:
                now = apply(now, undo_of(now, offer.fix.patch))
            except PatchError:
                # it came to be there in another way: then the object is not what the run saw
                continue
    return now
