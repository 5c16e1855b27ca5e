"""What is in the cluster: one paged list a kind, all kinds at once, decoded into the few fields
used."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec

from prober.fabric.kubernetes.client.answers import decoded
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.failures import first_cause
from prober.fabric.kubernetes.client.refusals import ApiError, call
from prober.fabric.kubernetes.client.resources import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    CRON_JOBS,
    DAEMON_SETS,
    DEPLOYMENTS,
    ENDPOINT_SLICES,
    NAMESPACES,
    NETWORK_POLICIES,
    NODES,
    PODS,
    REPLICA_SETS,
    SERVICES,
    STATEFUL_SETS,
    Resource,
)
from prober.fabric.kubernetes.reading.assembled import snapshot_of
from prober.fabric.kubernetes.reading.objects import Pod, Workload
from prober.fabric.kubernetes.reading.own_pods import key_of, own_pods
from prober.fabric.kubernetes.reading.policies import read_policies
from prober.fabric.kubernetes.reading.sandboxes import with_reasons
from prober.manifest import Objects, wire
from prober.model.objects import Ref
from prober.model.snapshot import Snapshot

T = TypeVar("T")
_FORBIDDEN = 403
_WORKLOADS = (DEPLOYMENTS, STATEFUL_SETS, DAEMON_SETS, REPLICA_SETS)


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the cluster."""

    snapshot: Snapshot
    pods: Mapping[tuple[str, str], Pod]
    """The pods as they came, for their probe pods; without prober's own."""
    agents: Sequence[Pod] = ()
    """The agents' pods: those of their DaemonSet, in its namespace (see `own_pods`)."""


async def read_cluster(api: Api) -> Reading:
    """List everything that decides about connectivity. Raises `ApiError` that names the kind that
    cannot be read."""
    with first_cause():
        return await _read(api)


async def _read(api: Api) -> Reading:
    # Kinds whose source is kept are split into raw items first: the whole objects of thousands of
    # pods are never made.
    async with asyncio.TaskGroup() as group:
        namespaces = group.create_task(api.list_all(NAMESPACES, wire.Namespace))
        nodes = group.create_task(api.list_all(NODES, wire.Node))
        pods = group.create_task(api.list_all(PODS, Pod))
        workloads = [
            (kind.kind, group.create_task(api.list_all(kind, Workload))) for kind in _WORKLOADS
        ]
        cron_jobs = group.create_task(_if_allowed(api, CRON_JOBS, wire.CronJob))
        services = group.create_task(api.list_all(SERVICES, msgspec.Raw))
        slices = group.create_task(api.list_all(ENDPOINT_SLICES, wire.EndpointSlice))
        policies = group.create_task(api.list_all(NETWORK_POLICIES, msgspec.Raw))
        others = group.create_task(read_policies(api))
        roles = group.create_task(_if_allowed(api, CLUSTER_ROLES, wire.ClusterRole))
        bindings = group.create_task(
            _if_allowed(api, CLUSTER_ROLE_BINDINGS, wire.ClusterRoleBinding)
        )
    own = await own_pods(
        api, pods.result(), workloads[_WORKLOADS.index(DAEMON_SETS)][1].result(), nodes.result()
    )
    looked_at = {key_of(pod): pod for pod in pods.result() if key_of(pod) not in own.keys}
    objects = Objects(
        namespaces=namespaces.result(),
        nodes=nodes.result(),
        pods=list(looked_at.values()),
        workloads=[(kind, item) for kind, task in workloads for item in task.result()],
        cron_jobs=cron_jobs.result(),
        services=_all(services.result(), wire.Service, SERVICES),
        slices=slices.result(),
        policies=_all(policies.result(), wire.NetworkPolicy, NETWORK_POLICIES),
        others=list(others.result().objects),
        service_accounts=list(others.result().service_accounts),
        # One without the other would say that somebody has no rights who has.
        cluster_roles=roles.result() if bindings.result() else [],
        cluster_role_bindings=bindings.result() if roles.result() else [],
    )
    sources = _sources(SERVICES, services.result()) | _sources(NETWORK_POLICIES, policies.result())
    snapshot = replace(
        snapshot_of(objects),
        sources={**sources, **others.result().sources},
        left_out=tuple(others.result().left_out),
    )
    return Reading(await with_reasons(api, snapshot), looked_at, own.agents)


def _all(items: Sequence[msgspec.Raw], shape: type[T], resource: Resource) -> list[T]:
    return [decoded(bytes(raw), shape, call("list", resource)) for raw in items]


async def _if_allowed(api: Api, resource: Resource, shape: type[T]) -> list[T]:
    """All objects of a kind that many may not read, and that a run can do without: none then."""
    try:
        return await api.list_all(resource, shape)
    except ApiError as error:
        if error.status != _FORBIDDEN:
            raise
        return []


def _sources(resource: Resource, items: Sequence[msgspec.Raw]) -> dict[Ref, Mapping[str, Any]]:
    """The objects as they are, without the bookkeeping of field owners, which is longer than they
    are."""
    sources: dict[Ref, Mapping[str, Any]] = {}
    for raw in items:
        value = decoded(bytes(raw), dict[str, Any], call("list", resource))
        metadata = {key: part for key, part in value["metadata"].items() if key != "managedFields"}
        ref = Ref(resource.kind, metadata.get("namespace", ""), metadata["name"])
        sources[ref] = {
            "apiVersion": resource.api_version,
            "kind": resource.kind,
            **value,
            "metadata": metadata,
        }
    return sources
