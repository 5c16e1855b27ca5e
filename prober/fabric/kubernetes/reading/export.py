"""A cluster's objects as manifests: only the fields that decide about connectivity, nothing
secret."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.failures import first_cause
from prober.fabric.kubernetes.client.resources import PODS, READ, Resource
from prober.fabric.kubernetes.probe_pods.labels import is_own
from prober.manifest.decoding import wire
from prober.manifest.writing.shareable import SHAPES, shareable_wire


async def export(api: Api, namespaces: Collection[str] = ()) -> list[Mapping[str, Any]]:
    """Every object that a snapshot consists of, as plain data. `namespaces` leaves out those of
    others."""
    with first_cause():
        async with asyncio.TaskGroup() as group:
            kinds = [(one, group.create_task(api.list_all(one, SHAPES[one.kind]))) for one in READ]
    return [
        shareable_wire(kind.kind, one)
        for kind, task in kinds
        for one in task.result()
        if _wanted(kind, one, namespaces)
    ]


def _wanted(kind: Resource, one: wire.KubernetesObject, namespaces: Collection[str]) -> bool:
    if kind is PODS and is_own(one.metadata.labels or {}):
        return False
    space = one.metadata.name if kind.kind == "Namespace" else one.metadata.namespace
    return not namespaces or kind.kind == "Node" or space in namespaces
