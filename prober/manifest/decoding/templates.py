"""The pods of objects that prober does not know: whatever has a pod template in it makes pods.

Some operators have no template and make pods all the same; of those that charts bring most often,
it is known what their pods look like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from prober.manifest.decoding import wire
from prober.manifest.reading.kinds import group_of
from prober.manifest.reading.objects import Manifest
from prober.model.objects import Ref

_DEEPEST = 6
"""Mappings and lists from the root of an object to a template in it."""


def workloads_in(manifest: Manifest, ref: Ref) -> Iterator[tuple[str, wire.Workload]]:
    """The workloads that an object of a foreign kind will be, each with its kind: one for each pod
    template in it. None for an object without, and for templates that no API server would take."""
    operator = _OPERATORS.get((group_of(manifest.api_version), manifest.kind))
    if operator is not None:
        yield "StatefulSet", operator.stateful_set(manifest.value, ref)
        return
    for replicas, template in _templates(manifest.value, 1, _DEEPEST):
        spec = _convert({"replicas": replicas, "template": template})
        if spec is not None:
            meta = wire.ObjectMeta(name=ref.name, namespace=ref.namespace)
            yield manifest.kind, wire.Workload(metadata=meta, spec=spec)


def _convert(spec: Mapping[str, Any]) -> wire.WorkloadSpec | None:
    try:
        return msgspec.convert(spec, wire.WorkloadSpec)
    except msgspec.ValidationError:
        return None


def _templates(value: Any, replicas: int, left: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The pod templates in a value, with the number of replicas that is said beside them. An object
    in an object (what a policy engine is to create, say) is not looked into."""
    if isinstance(value, list) and left:
        for item in value:
            yield from _templates(item, replicas, left - 1)
    if not isinstance(value, dict) or not left:
        return
    said = value.get("replicas")
    count = said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else replicas
    for key, item in value.items():
        if key.lower().endswith("template") and _is_template(item):
            yield count, item
        elif not (isinstance(item, dict) and item.keys() >= {"apiVersion", "kind"}):
            yield from _templates(item, count, left - 1)


def _is_template(value: Any) -> bool:
    spec = value.get("spec") if isinstance(value, dict) else None
    containers = spec.get("containers") if isinstance(spec, dict) else None
    return bool(containers) and isinstance(containers, list)


@dataclass(frozen=True, slots=True)
class _Operator:
    """The pods that an operator makes for one of its kinds."""

    prefix: str
    """Of the StatefulSet's name, before the object's own and a dash."""
    labels: Callable[[str], Mapping[str, str]]
    """By the object's name."""
    ports: tuple[tuple[str, int, str], ...]
    """Name, number and protocol."""

    def stateful_set(self, value: Mapping[str, Any], ref: Ref) -> wire.Workload:
        """What the operator makes of an object."""
        spec = value.get("spec")
        written = spec if isinstance(spec, dict) else {}
        meta = written.get("podMetadata")
        labels = meta.get("labels") if isinstance(meta, dict) else None
        ports = [
            {"name": name, "containerPort": number, "protocol": protocol}
            for name, number, protocol in self.ports
        ]
        pod = {
            "containers": [{"name": self.prefix, "ports": ports}],
            "hostNetwork": written.get("hostNetwork") is True,
            "nodeSelector": written.get("nodeSelector"),
            "serviceAccountName": written.get("serviceAccountName"),
        }
        made = {**(labels if isinstance(labels, dict) else {}), **self.labels(ref.name)}
        content = {
            "replicas": written.get("replicas", 1),
            "template": {"metadata": {"labels": made}, "spec": pod},
        }
        name = f"{self.prefix}-{ref.name}"
        return wire.Workload(
            metadata=wire.ObjectMeta(name=name, namespace=ref.namespace),
            spec=_convert(content) or wire.WorkloadSpec(),
        )


def _managed(kind: str, own: str) -> Callable[[str], Mapping[str, str]]:
    """The labels that the Prometheus operator gives to pods (its pkg/operator and pkg/prometheus,
    version 0.80), as far as they are known beforehand."""
    return lambda name: {
        "app.kubernetes.io/managed-by": "prometheus-operator",
        "app.kubernetes.io/name": kind,
        "app.kubernetes.io/instance": name,
        own: name,
        **_SHARD.get(kind, {}),
        **({"operator.prometheus.io/name": name} if kind in _SHARD else {}),
    }


_SHARD: Mapping[str, Mapping[str, str]] = {
    "prometheus": {"operator.prometheus.io/shard": "0"},
    "prometheus-agent": {"operator.prometheus.io/shard": "0"},
}
_MONITORING = "monitoring.coreos.com"
_OPERATORS: Mapping[tuple[str, str], _Operator] = {
    (_MONITORING, "Prometheus"): _Operator(
        "prometheus", _managed("prometheus", "prometheus"), (("web", 9090, "TCP"),)
    ),
    (_MONITORING, "PrometheusAgent"): _Operator(
        "prom-agent", _managed("prometheus-agent", "prometheus"), (("web", 9090, "TCP"),)
    ),
    (_MONITORING, "Alertmanager"): _Operator(
        "alertmanager",
        _managed("alertmanager", "alertmanager"),
        (("web", 9093, "TCP"), ("mesh-tcp", 9094, "TCP"), ("mesh-udp", 9094, "UDP")),
    ),
    (_MONITORING, "ThanosRuler"): _Operator(
        "thanos-ruler",
        _managed("thanos-ruler", "thanos-ruler"),
        (("web", 10902, "TCP"), ("grpc", 10901, "TCP")),
    ),
}
"""By API group and kind."""
