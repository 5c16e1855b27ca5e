"""PURE. Which pods are asked about, which are not well, and what they tell without their logs."""

from __future__ import annotations

from collections.abc import Iterator

from prober.fabric.kubernetes.testimony.objects import Container, PodShape, Probe
from prober.model.kubernetes import WORKLOAD_KINDS
from prober.model.testimony import SearchScope, Statement, StatementKind

_PROBES = ("readiness", "liveness", "startup")
TOLD_AT_MOST = 40
"""Values that one container is told and that are looked at."""


def name_of(pod: PodShape) -> str:
    """As it is written in references: `pod/NAME.NAMESPACE`."""
    return f"pod/{pod.metadata.name}.{pod.metadata.namespace}"


def is_meant(pod: PodShape, word: str) -> bool:
    """Whether `deploy/api.shop`, `pod/api-7d9.shop` means this pod. A Deployment's pods have its
    name before two generated words (ReplicaSet and pod), a CronJob's before its Job's."""
    kind, _, rest = word.partition("/")
    name, _, namespace = rest.rpartition(".")
    own = pod.metadata.name or ""
    if namespace != pod.metadata.namespace:
        return False
    kind = WORKLOAD_KINDS.get(kind, kind).lower()
    if kind in ("pod", "po", "pods"):
        return own == name
    owner = next(
        (reference for reference in pod.metadata.owner_references or () if reference.controller),
        None,
    )
    if owner is None:
        return False
    if owner.kind.lower() == kind:
        return owner.name == name
    if (kind, owner.kind) in (("deployment", "ReplicaSet"), ("cronjob", "Job")):
        return owner.name.rpartition("-")[0] == name
    return False


def is_well(pod: PodShape) -> bool:
    """It is ready, or has ended well, and did not restart."""
    status = pod.status
    if status is None:
        return False
    if status.phase == "Succeeded":
        return True
    containers = [*(status.container_statuses or ()), *(status.init_container_statuses or ())]
    ready = any(
        condition.type == "Ready" and condition.status == "True"
        for condition in status.conditions or ()
    )
    return ready and not any(container.restart_count for container in containers)


def conditions(pod: PodShape) -> Iterator[Statement]:
    """The messages of its conditions."""
    for condition in (pod.status.conditions if pod.status else None) or ():
        if condition.message:
            yield Statement(
                StatementKind.CONDITION,
                condition.message,
                name_of(pod),
                "",
                condition.type,
                condition.last_transition_time or "",
            )


def told(pod: PodShape) -> Iterator[Statement]:
    """Where it is told to go by its command line, and what the kubelet is told to probe."""
    spec, about = pod.spec, name_of(pod)
    for container in (spec.containers if spec else None) or ():
        words = [*(container.command or ()), *(container.args or ())]
        for word in words[:TOLD_AT_MOST]:
            yield Statement(StatementKind.CONFIGURED, word, about, about, "its command line")
        yield from _probes(pod, container)


def _probes(pod: PodShape, container: Container) -> Iterator[Statement]:
    address = pod.status.pod_ip if pod.status else None
    node = pod.spec.node_name if pod.spec else None
    if not address or not node:
        return
    declared = (container.readiness_probe, container.liveness_probe, container.startup_probe)
    for called, probe in zip(_PROBES, declared, strict=True):
        port = _port(probe, container)
        if port:
            place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            where = f"the {called} probe of {container.name}"
            yield Statement(StatementKind.CONFIGURED, place, name_of(pod), f"node/{node}", where)


def _port(probe: Probe | None, container: Container) -> int | None:
    if probe is None or (probe.http_get and probe.http_get.host):
        return None
    handler = probe.http_get or probe.tcp_socket or probe.grpc
    port = handler.port if handler else None
    if isinstance(port, str):
        named = (
            container_port.container_port
            for container_port in container.ports or ()
            if container_port.name == port
        )
        return next(named, None)
    return port


def config_maps(pod: PodShape) -> set[str]:
    """The ConfigMaps that it mounts or takes its environment from."""
    spec = pod.spec
    if spec is None:
        return set()
    mounted = {volume.config_map.name for volume in spec.volumes or () if volume.config_map}
    taken = {
        source.config_map_ref.name
        for container in spec.containers or ()
        for source in container.env_from or ()
        if source.config_map_ref
    }
    return {name for name in mounted | taken if name and name != "kube-root-ca.crt"}


def in_scope(pods: list[PodShape], scope: SearchScope) -> list[PodShape]:
    """Those that are asked about."""
    if not scope.object:
        return pods
    return [pod for pod in pods if is_meant(pod, scope.object)]


def addresses(pods: list[PodShape]) -> dict[str, str]:
    """When the pods were made that have these addresses now: earlier, somebody else had them."""
    return {
        pod.status.pod_ip: pod.metadata.creation_timestamp
        for pod in pods
        if pod.status
        and pod.status.pod_ip
        and pod.metadata.creation_timestamp
        and not (pod.spec and pod.spec.host_network)
    }
