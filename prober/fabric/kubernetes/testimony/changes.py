"""What was changed lately, by the metadata of the objects that decide about connectivity."""

from __future__ import annotations

import asyncio

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.resources import (
    ENDPOINT_SLICES,
    NETWORK_POLICIES,
    SERVICES,
    Resource,
)
from prober.fabric.kubernetes.testimony.objects import Managed
from prober.model.testimony import RecentChange

LOOKED_AT: tuple[Resource, ...] = (NETWORK_POLICIES, SERVICES, ENDPOINT_SLICES)
KEPT = 50


async def changes(api: Api, namespace: str) -> tuple[RecentChange, ...]:
    """The newest first. Raises `ApiError`."""
    async with asyncio.TaskGroup() as group:
        lists = [
            (
                kind,
                group.create_task(
                    api.list_all(kind, Managed, namespace=namespace, metadata_only=True)
                ),
            )
            for kind in LOOKED_AT
        ]
    recent = [
        change for kind, task in lists for managed in task.result() for change in _of(kind, managed)
    ]
    return tuple(sorted(recent, key=lambda change: change.when, reverse=True)[:KEPT])


def _of(kind: Resource, managed: Managed) -> list[RecentChange]:
    name = f"{kind.kind} {managed.metadata.namespace}/{managed.metadata.name}"
    made = managed.metadata.creation_timestamp
    latest = max(
        (field for field in managed.metadata.managed_fields or () if field.time),
        key=lambda field: field.time or "",
        default=None,
    )
    recent = [RecentChange(made, f"{name} was made")] if made else []
    if latest and latest.time and latest.time != made:
        recent.append(RecentChange(latest.time, f"{name} was changed by {latest.manager}"))
    return recent
