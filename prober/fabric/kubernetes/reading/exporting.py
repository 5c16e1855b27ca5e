"""A cluster's objects as manifests: only the fields that decide about connectivity, nothing
secret."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.failures import first_cause
from prober.fabric.kubernetes.client.resources import DAEMON_SETS, NODES, PODS, READ, Resource
from prober.fabric.kubernetes.reading.objects import Pod, Workload
from prober.fabric.kubernetes.reading.own_pods import key_of, own_pods
from prober.fabric.kubernetes.reading.policies import Policies, read_policies
from prober.manifest import SHAPES, shareable_name, shareable_policy, shareable_wire, wire


async def export(api: Api, namespaces: Collection[str] = ()) -> list[Mapping[str, Any]]:
    """Every object that a snapshot consists of, as plain data. `namespaces` leaves out those of
    others."""
    with first_cause():
        async with asyncio.TaskGroup() as group:
            pods = group.create_task(api.list_all(PODS, Pod))
            daemon_sets = group.create_task(api.list_all(DAEMON_SETS, Workload))
            nodes = group.create_task(api.list_all(NODES, wire.Node))
            policies = group.create_task(read_policies(api))
            others = {
                kind: group.create_task(api.list_all(kind, SHAPES[kind.kind]))
                for kind in READ
                if kind not in (PODS, DAEMON_SETS, NODES)
            }
        own = await own_pods(api, pods.result(), daemon_sets.result(), nodes.result())
    lists: dict[Resource, Sequence[wire.KubernetesObject]] = {
        PODS: [pod for pod in pods.result() if key_of(pod) not in own.keys],
        DAEMON_SETS: daemon_sets.result(),
        NODES: nodes.result(),
        **{kind: task.result() for kind, task in others.items()},
    }
    plain = [
        _shared(kind, item)
        for kind in READ
        for item in lists[kind]
        if _wanted(kind, item, namespaces)
    ]
    return [*plain, *_policies(policies.result(), namespaces)]


def _policies(read: Policies, namespaces: Collection[str]) -> Iterator[Mapping[str, Any]]:
    """Policies of other languages, as they were written; and the labels of service accounts that
    they may select by."""
    for ref, source in read.sources.items():
        if not namespaces or ref.namespace in ("", *namespaces):
            yield shareable_policy(source)
    for account in read.service_accounts:
        if account.metadata.labels and (not namespaces or account.metadata.namespace in namespaces):
            metadata = msgspec.to_builtins(account.metadata)
            yield shareable_name(
                {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
            )


def _wanted(kind: Resource, item: wire.KubernetesObject, namespaces: Collection[str]) -> bool:
    space = item.metadata.name if kind.kind == "Namespace" else item.metadata.namespace
    return not namespaces or kind.kind == "Node" or space in namespaces


def _shared(kind: Resource, item: wire.KubernetesObject) -> Mapping[str, Any]:
    shape = SHAPES[kind.kind]
    # What says whose a pod is was read as well, and is not kept.
    kept = item if type(item) is shape else msgspec.convert(msgspec.to_builtins(item), shape)
    return shareable_wire(kind.kind, kept)
