"""Patches of a cluster's objects: tried first, and applied to nothing else than what was tried."""

from __future__ import annotations

from typing import Any

import pytest
from kube_fakes import Answer, api_of, script, status

from prober.fabric.kubernetes.client.change import (
    Trial,
    attempt,
    attempt_creation,
    carry_out,
    known,
)
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.model.errors import UsageError
from prober.model.objects import Ref

TARGET = Ref("NetworkPolicy", "shop", "web")
PATH = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/web"
PATCH = [{"op": "add", "path": "/spec/ingress", "value": []}]
BEFORE = {"metadata": {"name": "web", "resourceVersion": "7"}, "spec": {}}
AFTER = {"metadata": {"name": "web", "resourceVersion": "7"}, "spec": {"ingress": []}}


async def test_a_patch_is_tried_before_it_is_applied() -> None:
    api, client = api_of(script(Answer(body=BEFORE), Answer(body=AFTER)))
    trial = await attempt(api, TARGET, lambda now: PATCH)
    assert (trial.before, trial.after) == (BEFORE, AFTER)
    await carry_out(api, trial)
    assert client.calls == [("GET", PATH), ("PATCH", f"{PATH}?dryRun=All"), ("PATCH", PATH)]


async def test_only_the_object_that_was_tried_is_changed() -> None:
    """A resourceVersion that is tested: somebody else's change in between makes the patch fail."""
    api, client = api_of(script(Answer(body=BEFORE), Answer(body=AFTER)))
    await carry_out(api, await attempt(api, TARGET, lambda now: PATCH))
    assert client.bodies[1] == client.bodies[2]
    assert client.bodies[2][0] == {"op": "test", "path": "/metadata/resourceVersion", "value": "7"}


async def test_what_the_server_would_refuse_is_not_applied() -> None:
    api, client = api_of(
        script(Answer(body=BEFORE), status(422, "the server rejected our request", "Invalid"))
    )
    with pytest.raises(ApiError):
        await attempt(api, TARGET, lambda now: PATCH)
    assert ("PATCH", PATH) not in client.calls


async def test_kinds_that_nobody_should_patch() -> None:
    api, client = api_of(script(Answer(body=BEFORE)))
    with pytest.raises(UsageError, match="ClusterRole"):
        await attempt(api, Ref("ClusterRole", "", "x"), lambda now: PATCH)
    assert client.calls == []


async def test_a_new_object_is_tried_created_and_deleted_again() -> None:
    api, client = api_of(script(Answer(body=AFTER), Answer(body=AFTER), Answer(body=AFTER)))
    trial = await attempt_creation(api, TARGET, AFTER)
    assert (trial.before, trial.after) == (None, AFTER)
    await carry_out(api, trial)
    await carry_out(api, Trial(TARGET, (), AFTER, None))
    folder = PATH.removesuffix("/web")
    assert client.calls == [("POST", f"{folder}?dryRun=All"), ("POST", folder), ("DELETE", PATH)]


async def test_what_is_not_there_is_no_error() -> None:
    api, _ = api_of(script(status(404, "not found", "NotFound")))
    assert await known(api, TARGET) is None


async def test_where_nothing_is_to_be_changed_nothing_is_tried() -> None:
    api, client = api_of(script(Answer(body=BEFORE)))
    assert await attempt(api, TARGET, lambda now: ()) is None
    assert client.calls == [("GET", PATH)]


async def test_only_the_object_that_was_looked_at_is_deleted() -> None:
    there = {"metadata": {**AFTER["metadata"], "uid": "u"}}
    api, client = api_of(script(Answer(body={})))
    await carry_out(api, Trial(TARGET, (), there, None))
    assert client.bodies[-1]["preconditions"] == {"uid": "u", "resourceVersion": "7"}
    api, _ = api_of(script(status(409, "the UID in the precondition does not match", "Conflict")))
    with pytest.raises(ApiError, match="has changed in between") as caught:
        await carry_out(api, Trial(TARGET, (), there, None))
    assert "run the command again" in caught.value.hint


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"metadata": {"name": "web"}},
        {"metadata": {"name": "web", "resourceVersion": 7}},
        {"metadata": {"name": "other", "resourceVersion": "7"}},
        {"metadata": {"name": "web", "namespace": "../x", "resourceVersion": "7"}},
        {"metadata": []},
    ],
)
async def test_what_is_not_the_object_is_not_changed(body: dict[str, Any]) -> None:
    api, client = api_of(script(Answer(body=body)))
    with pytest.raises(ApiError, match="cannot be used"):
        await attempt(api, TARGET, lambda now: PATCH)
    assert [method for method, _ in client.calls] == ["GET"]


async def test_a_policy_that_somebody_else_has_made_in_between_stays_theirs() -> None:
    theirs = {"metadata": {"name": "web", "namespace": "shop", "uid": "v"}}
    api, _ = api_of(script(status(409, "already exists"), Answer(body=theirs)))
    with pytest.raises(ApiError, match="is not what this call has made"):
        await carry_out(api, Trial(TARGET, (), None, AFTER))
