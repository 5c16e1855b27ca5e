"""The namespace for probes from nodes, which stays: who finds it made since the snapshot uses it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.probe_pods.namespaces import ensure_probe_namespace
from prober.model.errors import FabricError
from prober.model.snapshot import Snapshot


class Refusing:
    """An API server that answers each creation with one status."""

    def __init__(self, status: int) -> None:
        self.status = status

    async def create(self, resource: object, body: object) -> Any:
        raise ApiError("no", status=self.status)


def ensure(status: int) -> None:
    api = cast("Api", Refusing(status))
    asyncio.run(ensure_probe_namespace(api, Snapshot(), "prober"))


def test_a_namespace_that_was_made_since_the_snapshot_is_used() -> None:
    ensure(409)


def test_a_namespace_that_may_not_be_made_is_asked_for() -> None:
    with pytest.raises(FabricError) as refused:
        ensure(403)
    assert "kubectl create namespace prober" in refused.value.hint


def test_any_other_answer_is_an_error() -> None:
    with pytest.raises(ApiError):
        ensure(500)
