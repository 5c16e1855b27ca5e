"""A patch on an object that others have changed since: lists are extended, never overwritten."""

from __future__ import annotations

from typing import Any

import pytest

from prober.model.patches.jsonpatch import PatchError, apply, undo_of
from prober.model.patches.rebase import guarded, has_it, rebased

A, B, C = {"ports": [1]}, {"ports": [2]}, {"ports": [3]}
MAKES = [{"op": "add", "path": "/spec/egress", "value": [A]}]
APPENDS = [{"op": "add", "path": "/spec/egress/-", "value": A}]


def policy(*rules: Any) -> dict[str, Any]:
    return {"spec": {"egress": list(rules)} if rules else {}}


@pytest.mark.parametrize("patch", [MAKES, APPENDS])
@pytest.mark.parametrize("there", [(), (B,), (B, C)])
def test_a_rule_comes_to_those_that_are_there(
    patch: list[dict[str, Any]], there: tuple[Any, ...]
) -> None:
    now = policy(*there)
    assert apply(now, rebased(patch, now)) == policy(*there, A)


@pytest.mark.parametrize("patch", [MAKES, APPENDS])
def test_what_is_there_is_not_added_again(patch: list[dict[str, Any]]) -> None:
    assert has_it(policy(B, A), patch)
    assert rebased(patch, policy(B, A)) == ()


@pytest.mark.parametrize("patch", [MAKES, APPENDS])
def test_taking_it_back_leaves_what_others_added(patch: list[dict[str, Any]]) -> None:
    now = policy(B, A, C)
    assert apply(now, undo_of(now, patch)) == policy(B, C)


def test_a_replacement_fails_where_somebody_else_replaced_it() -> None:
    before = {"spec": {"type": "Local"}}
    patch = guarded([{"op": "replace", "path": "/spec/type", "value": "Cluster"}], before)
    assert patch[0] == {"op": "test", "path": "/spec/type", "value": "Local"}
    assert (
        apply({"spec": {"type": "Cluster"}}, undo_of({"spec": {"type": "Cluster"}}, patch))
        == before
    )
    with pytest.raises(PatchError, match="is not what it was"):
        rebased(patch, {"spec": {"type": "Other"}})


def test_what_is_added_where_something_is_counts_as_a_replacement() -> None:
    patch = guarded([{"op": "add", "path": "/spec/port", "value": 9090}], {"spec": {"port": 80}})
    assert [operation["op"] for operation in patch] == ["test", "add"]
    assert guarded(APPENDS, policy(B)) == tuple(APPENDS)
