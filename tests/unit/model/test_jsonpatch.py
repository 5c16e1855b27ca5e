"""JSON patches: what they make of an object, and the way back."""

from __future__ import annotations

from typing import Any

import pytest

from prober.model.patches.jsonpatch import PatchError, apply, inverse, undo_of

POLICY: dict[str, Any] = {
    "metadata": {"name": "a", "labels": {"x/y": "1"}},
    "spec": {"egress": [{"ports": [{"port": 443}]}], "policyTypes": ["Egress"]},
}
PATCHES = [
    [{"op": "add", "path": "/spec/egress/-", "value": {"ports": [{"port": 22}]}}],
    [{"op": "add", "path": "/spec/ingress", "value": []}],
    [{"op": "add", "path": "/metadata/labels/x~1z", "value": "2"}],
    [
        {"op": "test", "path": "/spec/egress/0/ports/0/port", "value": 443},
        {"op": "replace", "path": "/spec/egress/0/ports/0/port", "value": 6443},
    ],
    [
        {"op": "add", "path": "/spec/egress/0/ports/0", "value": {"port": 1}},
        {"op": "remove", "path": "/spec/egress/0"},
    ],
]


@pytest.mark.parametrize("patch", PATCHES)
def test_the_way_back_leads_to_where_it_began(patch: list[dict[str, Any]]) -> None:
    after = apply(POLICY, patch)
    assert after != POLICY
    assert apply(after, inverse(POLICY, patch)) == POLICY


@pytest.mark.parametrize("patch", PATCHES[:4])
def test_the_way_back_is_found_without_the_object_before(patch: list[dict[str, Any]]) -> None:
    after = apply(POLICY, patch)
    assert apply(after, undo_of(after, patch)) == POLICY


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "test", "path": "/spec/policyTypes", "value": []}],
        [{"op": "replace", "path": "/spec/podSelector", "value": {}}],
        [{"op": "add", "path": "/status/x", "value": 1}],
        [{"op": "remove", "path": "/spec/egress/7"}],
        [{"op": "move", "path": "/spec/egress", "from": "/spec"}],
    ],
)
def test_a_patch_that_does_not_fit_changes_nothing(patch: list[dict[str, Any]]) -> None:
    with pytest.raises(PatchError):
        apply(POLICY, patch)


def test_what_is_not_there_any_more_cannot_be_undone() -> None:
    with pytest.raises(PatchError, match="not as the fix left it"):
        undo_of(POLICY, PATCHES[0])


def test_an_untested_replacement_cannot_be_undone() -> None:
    patch = PATCHES[3][1:]
    with pytest.raises(PatchError, match="not known"):
        undo_of(apply(POLICY, patch), patch)
