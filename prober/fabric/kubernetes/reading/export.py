"""A cluster's objects as manifests: only the fields that decide about connectivity, nothing
secret."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.failures import first_cause
from prober.fabric.kubernetes.client.resources import PODS, READ, Resource
from prober.fabric.kubernetes.probe_pods.labels import is_own
from prober.manifest.decoding import wire

_SHAPES: Mapping[str, type[wire.KubernetesObject]] = {
    "Namespace": wire.Namespace,
    "Node": wire.Node,
    "Pod": wire.Pod,
    "Deployment": wire.Workload,
    "StatefulSet": wire.Workload,
    "DaemonSet": wire.Workload,
    "ReplicaSet": wire.Workload,
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
            kinds = [(one, group.create_task(api.list_all(one, _SHAPES[one.kind]))) for one in READ]
    return [
        _plain(kind, one)
        for kind, task in kinds
        for one in task.result()
        if _wanted(kind, one, namespaces)
    ]


def _wanted(kind: Resource, one: wire.KubernetesObject, namespaces: Collection[str]) -> bool:
    if kind is PODS and is_own(one.metadata.labels or {}):
        return False
    space = one.metadata.name if kind.kind == "Namespace" else one.metadata.namespace
    return not namespaces or kind.kind == "Node" or space in namespaces


def _plain(kind: Resource, one: wire.KubernetesObject) -> Mapping[str, Any]:
    value = _pruned(msgspec.to_builtins(one))
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
