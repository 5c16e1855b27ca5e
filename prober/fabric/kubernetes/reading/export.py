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
from prober.manifest.decoding import wire

_SHAPES: Mapping[str, type[wire.KubernetesObject]] = {
    "Namespace": wire.Namespace,
    "Node": wire.Node,
    "Pod": wire.Pod,
    "Deployment": wire.Workload,
    "StatefulSet": wire.Workload,
    "DaemonSet": wire.Workload,
    "ReplicaSet": wire.Workload,
    "CronJob": wire.CronJob,
    "Service": wire.Service,
    "EndpointSlice": wire.EndpointSlice,
    "NetworkPolicy": wire.NetworkPolicy,
}
"""Decoding into these and encoding again leaves only what is used. Another list of fields would
drift from them."""
_PROXIES = frozenset(("http_proxy", "https_proxy", "no_proxy", "all_proxy"))


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
                kind: group.create_task(api.list_all(kind, _SHAPES[kind.kind]))
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
        _plain(kind, one) for kind in READ for one in lists[kind] if _wanted(kind, one, namespaces)
    ]
    return [*plain, *_policies(policies.result(), namespaces)]


def _policies(read: Policies, namespaces: Collection[str]) -> Iterator[Mapping[str, Any]]:
    """Policies of other languages, as they were written; and the labels of service accounts that
    they may select by."""
    for ref, source in read.sources.items():
        if not namespaces or ref.namespace in ("", *namespaces):
            kept = ("name", "namespace", "labels")
            metadata = {key: source["metadata"][key] for key in kept if key in source["metadata"]}
            yield {
                key: part for key, part in source.items() if key not in ("metadata", "status")
            } | {"metadata": metadata}
    for account in read.service_accounts:
        if account.metadata.labels and (not namespaces or account.metadata.namespace in namespaces):
            yield {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                **_pruned(msgspec.to_builtins(account)),
            }


def _wanted(kind: Resource, one: wire.KubernetesObject, namespaces: Collection[str]) -> bool:
    space = one.metadata.name if kind.kind == "Namespace" else one.metadata.namespace
    return not namespaces or kind.kind == "Node" or space in namespaces


def _plain(kind: Resource, one: wire.KubernetesObject) -> Mapping[str, Any]:
    shape = _SHAPES[kind.kind]
    # What says whose a pod is was read as well, and is not kept.
    kept = one if type(one) is shape else msgspec.convert(msgspec.to_builtins(one), shape)
    value = _pruned(msgspec.to_builtins(kept))
    _hide_environment(value)
    return {"apiVersion": kind.api_version, "kind": kind.kind, **value}


def _pruned(value: Any) -> Any:
    """Without nulls and without what is empty because the API left it out. Empty selectors and
    rules mean something."""
    if isinstance(value, dict):
        return {key: _pruned(part) for key, part in value.items() if part is not None}
    if isinstance(value, list):
        return [_pruned(part) for part in value]
    return value


def _hide_environment(value: Any) -> None:
    """Of environment variables only the proxies' are kept: others may hold what nobody should hand
    around."""
    for spec in _pod_specs(value):
        for container in (*spec.get("containers", ()), *spec.get("initContainers", ())):
            kept = [
                one for one in container.pop("env", ()) if one.get("name", "").lower() in _PROXIES
            ]
            if kept:
                container["env"] = kept


def _pod_specs(value: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    spec = value.get("spec") or {}
    template = spec.get("template") or {}
    return [one for one in (spec, template.get("spec")) if isinstance(one, dict)]
