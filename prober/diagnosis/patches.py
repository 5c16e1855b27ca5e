"""Edits of one object as a JSON patch: what it would become, and whether prediction says that it helps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from prober.diagnosis.fixes import is_open, opened_by
from prober.diagnosis.rules.denials import Denial
from prober.model.objects import NetworkPolicy
from prober.model.run import Fix
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

Operation = Mapping[str, Any]
"""Of RFC 6902: `op`, `path`, and `value` unless it removes."""


def edit_policy(
    summary: str, old: NetworkPolicy, new: NetworkPolicy, patch: Sequence[Operation], denials: Sequence[Denial],
    snapshot: Snapshot,
) -> Fix | None:  # fmt: skip
    """The fix that turns the policy `old` into `new`; None when prediction says that a denial would stay."""
    after = Predictor(with_policy(snapshot, old, new))
    if not all(is_open(denial, after) for denial in denials):
        return None
    return Fix(
        summary=summary,
        target=old.ref,
        patch=tuple(patch),
        manifest=patched(snapshot.sources.get(old.ref), patch),
        opens=opened_by(denials, snapshot, after, Predictor(snapshot)),
    )


def with_policy(snapshot: Snapshot, old: NetworkPolicy, new: NetworkPolicy) -> Snapshot:
    """The snapshot with one policy in place of another."""
    return replace(snapshot, policies=tuple(new if one is old else one for one in snapshot.policies))


def patched(source: Mapping[str, Any] | None, patch: Iterable[Operation]) -> dict[str, Any] | None:
    """The object after a JSON patch of `add`, `replace` and `remove` (RFC 6902); None for one that is not known."""
    if source is None:
        return None
    whole: dict[str, Any] = deepcopy(dict(source))
    for operation in patch:
        _apply(whole, operation)
    return whole


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901): label keys have slashes of their own."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _apply(whole: dict[str, Any], operation: Operation) -> None:
    *parents, last = (part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:])
    place: Any = whole
    for part in parents:
        place = place[int(part)] if isinstance(place, list) else place[part]
    if isinstance(place, list):
        index = len(place) if last == "-" else int(last)
        # An item that is replaced is taken out first; one that is added pushes the others on.
        place[index : index + (operation["op"] != "add")] = [operation["value"]] if "value" in operation else []
    elif operation["op"] == "remove":
        del place[last]
    else:
        place[last] = operation["value"]
