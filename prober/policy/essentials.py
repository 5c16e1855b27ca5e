"""What nearly every pod needs, whatever it is for: cluster DNS, and to be scraped. Who is kept from
it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prober.manifest import dns_service, with_cluster_dns
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.objects import Pod, Protocol
from prober.model.prediction import Ruling
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

_DNS_PROTOCOLS: tuple[Protocol, ...] = ("UDP", "TCP")
_MONITORS = (("app.kubernetes.io/name", "prometheus"), ("app", "prometheus"))
METRICS_PORTS = frozenset(
    ("metrics", "http-metrics", "https-metrics", "http-prom", "prometheus", "prom")
)
"""What ports are called from which Prometheus scrapes."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A pod that policies keep from something essential."""

    pod: Pod
    flow: Flow
    """What is denied."""


def with_dns(snapshot: Snapshot) -> Snapshot:
    """The snapshot, with the cluster DNS that every cluster has where manifests leave it out."""
    return with_cluster_dns(snapshot, ready=True)


def kept_from_dns(snapshot: Snapshot) -> Mapping[Protocol, tuple[Kept, ...]]:
    """The pods that policies keep from cluster DNS, for each protocol. Finished pods and those on
    their node's network are left out."""
    world = with_dns(snapshot)
    predictor, service = Predictor(world), dns_service(world)
    if service is None:
        raise AssertionError("with_dns adds what is missing")
    there = Endpoint(EndpointKind.SERVICE, service.namespace, service.name)
    asked = [
        pod for _, pod in sorted(snapshot.pods.items()) if pod.running and not pod.host_network
    ]
    return {
        protocol: tuple(
            Kept(pod, flow)
            for pod in asked
            if predictor.rulings(flow := Flow(_end(pod), there, protocol, 53)).verdict
            is Ruling.DENIED
        )
        for protocol in _DNS_PROTOCOLS
    }


def kept_from_monitoring(snapshot: Snapshot) -> tuple[Kept, ...]:
    """The pods with a port for metrics that no Prometheus pod may reach."""
    predictor = Predictor(snapshot)
    monitors = [
        pod for _, pod in sorted(snapshot.pods.items()) if monitor_labels(pod) and pod.running
    ]
    return tuple(_unscraped(snapshot, predictor, monitors)) if monitors else ()


def monitor_labels(pod: Pod) -> dict[str, str]:
    """The label by which it is known as a Prometheus, as charts and the operator set it; empty for
    other pods."""
    return next(({key: value} for key, value in _MONITORS if pod.labels.get(key) == value), {})


def _unscraped(snapshot: Snapshot, predictor: Predictor, monitors: list[Pod]) -> Iterator[Kept]:
    for _, pod in sorted(snapshot.pods.items()):
        if not pod.running or pod.host_network or monitor_labels(pod):
            continue
        for port in pod.ports:
            if port.name not in METRICS_PORTS:
                continue
            flows = [
                Flow(_end(monitor), _end(pod), port.protocol, port.number) for monitor in monitors
            ]
            if all(predictor.rulings(flow).verdict is Ruling.DENIED for flow in flows):
                yield Kept(pod, flows[0])


def _end(pod: Pod) -> Endpoint:
    return Endpoint(EndpointKind.POD, pod.namespace, pod.name)
