"""What was changed lately: the objects that decide about connectivity by their metadata, nodes by
their conditions and taints, and what events tell of both."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.resources import (
    ENDPOINT_SLICES,
    EVENTS,
    NETWORK_POLICIES,
    NODES,
    SERVICES,
    Resource,
)
from prober.fabric.kubernetes.testimony.objects import EventShape, Managed, NodeSaid
from prober.model.testimony import RecentChange

LOOKED_AT: tuple[Resource, ...] = (NETWORK_POLICIES, SERVICES, ENDPOINT_SLICES)
KEPT = 50
_OF_NODES = "involvedObject.kind=Node"
SCALED = "ScalingReplicaSet"
"""A Deployment got other pods: a rollout, or more or fewer of them."""
_NOTE = 160
"""Characters of an event's note that are kept."""


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
        nodes = group.create_task(api.list_all(NODES, NodeSaid))
        of_nodes = group.create_task(api.list_all(EVENTS, EventShape, fields=_OF_NODES))
        of_workloads = group.create_task(
            api.list_all(EVENTS, EventShape, namespace=namespace, fields=f"reason={SCALED}")
        )
    recent = [
        change for kind, task in lists for managed in task.result() for change in _of(kind, managed)
    ]
    recent += [change for node in nodes.result() for change in of_node(node)]
    recent += [
        told for event in of_nodes.result() + of_workloads.result() if (told := _told(event))
    ]
    return tuple(sorted(dict.fromkeys(recent), key=lambda change: change.when, reverse=True)[:KEPT])


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


def of_node(node: NodeSaid) -> Iterator[RecentChange]:
    """When it came, when each of its conditions became what it is, and its taints."""
    name = f"Node {node.metadata.name}"
    if made := node.metadata.creation_timestamp:
        yield RecentChange(made, f"{name} was made")
    for condition in (node.status.conditions if node.status else None) or ():
        if condition.last_transition_time:
            why = f" ({condition.reason})" if condition.reason else ""
            what = f"{name}: {condition.type} became {condition.status}{why}"
            yield RecentChange(condition.last_transition_time, what)
    for taint in (node.spec.taints if node.spec else None) or ():
        if taint.time_added:
            yield RecentChange(taint.time_added, f"{name} got the taint {taint.key}")


def _told(event: EventShape) -> RecentChange | None:
    about, when = event.involved_object, event.last_timestamp or event.event_time
    if not when or not (about.kind == "Node" or event.reason == SCALED):
        return None
    name = "/".join(filter(None, (about.namespace, about.name)))
    note = (event.message or event.reason or "")[:_NOTE]
    return RecentChange(f"{when[:19]}Z", f"{about.kind} {name}: {note}")
