"""Plain data to wire objects, sorted by kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
from msgspec import structs

from prober.manifest.decoding import wire
from prober.manifest.decoding.gathered import Objects
from prober.manifest.reading.cursor import Report
from prober.manifest.reading.document import FieldPath
from prober.manifest.reading.objects import Manifest
from prober.model.errors import Mistake
from prober.model.objects import Ref

T = TypeVar("T", bound=wire.KubernetesObject)
Add = Callable[[Objects, Ref, Manifest], None]
_STEP = re.compile(r"\.([^.\[\]]+)|\[([0-9]+)\]")


def convert(manifests: Mapping[Ref, Manifest], report: Report) -> Objects:
    """The wire objects of valid manifests, under the names given. A wrong type that no check caught
    is a mistake."""
    objects = Objects()
    for ref, manifest in manifests.items():
        try:
            _TABLE[ref.kind](objects, ref, manifest)
        except msgspec.ValidationError as error:
            report.mistakes.append(_mistake(manifest, str(error)))
    return objects


def _shape(manifest: Manifest, ref: Ref, shape: type[T]) -> T:
    decoded = msgspec.convert(manifest.value, shape)
    meta = structs.replace(decoded.metadata, name=ref.name, namespace=ref.namespace or None)
    return structs.replace(decoded, metadata=meta)


def _mistake(manifest: Manifest, message: str) -> Mistake:
    """msgspec says `Expected `int`, got `str` - at `$.spec.replicas`` (`[...]` for a key of a
    mapping)."""
    problem, _, place = message.partition(" - at `$")
    steps = _STEP.finditer(place.partition("[...]")[0].rstrip("`"))
    path: FieldPath = tuple(step[1] or int(step[2]) for step in steps)
    problem = problem[:1].lower() + problem[1:].replace("`object`", "a mapping").replace(
        "`array`", "a list"
    )
    return manifest.cursor.document.mistake(
        (*manifest.cursor.path, *path), problem, "the API server would reject it"
    )


def _into(shape: type[T], group: Callable[[Objects], list[T]]) -> Add:
    return lambda objects, ref, manifest: group(objects).append(_shape(manifest, ref, shape))


def _workload(objects: Objects, ref: Ref, manifest: Manifest) -> None:
    objects.workloads.append((ref.kind, _shape(manifest, ref, wire.Workload)))


_TABLE: dict[str, Add] = {
    "Namespace": _into(wire.Namespace, lambda objects: objects.namespaces),
    "Node": _into(wire.Node, lambda objects: objects.nodes),
    "Pod": _into(wire.Pod, lambda objects: objects.pods),
    "Service": _into(wire.Service, lambda objects: objects.services),
    "EndpointSlice": _into(wire.EndpointSlice, lambda objects: objects.slices),
    "Endpoints": _into(wire.Endpoints, lambda objects: objects.endpoints),
    "NetworkPolicy": _into(wire.NetworkPolicy, lambda objects: objects.policies),
    "ServiceAccount": _into(wire.ServiceAccount, lambda objects: objects.service_accounts),
    "ClusterRole": _into(wire.ClusterRole, lambda objects: objects.cluster_roles),
    "ClusterRoleBinding": _into(
        wire.ClusterRoleBinding, lambda objects: objects.cluster_role_bindings
    ),
    "CronJob": _into(wire.CronJob, lambda objects: objects.cron_jobs),
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"), _workload),
}
"""For each kind of `kinds.READ`."""
