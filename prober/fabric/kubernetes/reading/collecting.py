"""What a cluster has to say about a run, for a bundle: objects, events, components, logs.

Whatever cannot be read becomes a gap: a bundle with a gap is worth more than none.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.names import LABEL
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import EVENTS, PODS
from prober.fabric.kubernetes.reading.event_messages import event_message
from prober.fabric.kubernetes.reading.exporting import export
from prober.fabric.kubernetes.reading.objects import ComponentPod, ComponentPodStatus, Event
from prober.manifest.decoding import wire
from prober.model.bounds import plain
from prober.model.bundle import Collection as Collected, Gap, Part
from prober.model.errors import FabricError
from prober.model.network.cni import PLUGINS
from prober.model.network.components import LABELS as COMPONENT_LABELS

BEFORE = timedelta(minutes=15)
"""How long before the run logs begin: what broke the network often did so shortly before somebody
looked."""
_MOST_LOGS = 300
"""Pods whose logs are read. Whoever puts the label of a component on pods of their own fills no
disk."""
_LONGEST_LINE = 2_000
_LINES = 2000
_BYTES = 1 << 20
_CONTROLLERS = (
    ("io.cilium/app", "operator"),
    ("k8s-app", "calico-kube-controllers"),
    ("component", "antrea-controller"),
    ("app", "kube-ovn-controller"),
)
"""Beside agents, kube-proxy and DNS: what keeps the addresses, identities and policies that agents
act by."""


async def collect(api: Api, namespaces: Collection[str], started: datetime) -> Collected:
    """Everything about these namespaces, and the components of the network, from shortly before
    `started` on."""
    since = (started - BEFORE).strftime("%Y-%m-%dT%H:%M:%SZ")
    jobs: dict[str, Callable[[], Awaitable[Sequence[Part]]]] = {
        "objects": lambda: _objects(api, namespaces),
        "versions": lambda: _version(api),
        "events": lambda: _events(api, namespaces),
        "components of the network and their logs": lambda: _components(api, since),
    }
    results = await asyncio.gather(*(_guarded(what, job) for what, job in jobs.items()))
    return Collected(
        tuple(part for result in results for part in result.parts),
        tuple(gap for item in results for gap in item.gaps),
    )


async def _guarded(what: str, job: Callable[[], Awaitable[Sequence[Part]]]) -> Collected:
    try:
        return Collected(tuple(await job()))
    except ApiError as error:
        return Collected(gaps=(Gap(what, str(error)),))


async def _objects(api: Api, namespaces: Collection[str]) -> list[Part]:
    kinds: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for item in await export(api, namespaces):
        kinds[item["kind"]].append(item)
    return [
        Part(
            f"objects/{kind.lower()}.yaml",
            f"{kind} objects, only the fields that decide about connectivity",
            objects,
        )
        for kind, objects in sorted(kinds.items())
    ]


async def _version(api: Api) -> list[Part]:
    return [Part("versions.txt", "the API server's version", f"Kubernetes {await api.version()}\n")]


async def _events(api: Api, namespaces: Collection[str]) -> list[Part]:
    lines = []
    for namespace in sorted(namespaces):
        events = await api.list_all(EVENTS, Event, namespace=namespace)
        lines += [_event_line(event) for event in events]
    title = f"events of {', '.join(sorted(namespaces))}"
    return [Part("events.txt", title, "\n".join(sorted(lines)) + "\n")]


def _event_line(event: Event) -> str:
    about = event.involved_object
    name = f"{about.kind} {about.namespace or ''}/{about.name}"
    message = event_message(str(event.reason), " ".join((event.message or "").split()))
    text = f"{event.type}  {event.reason}  {name}  ×{event.count or 1}  {message}"
    return f"{event.at or '-'}  {plain(text, _LONGEST_LINE)}"


async def _components(api: Api, since: str) -> list[Part]:
    pods: dict[tuple[str, str], ComponentPod] = {}
    for selector in selectors():
        for pod in await api.list_all(PODS, ComponentPod, selector=selector):
            pods[pod.metadata.namespace or "", pod.metadata.name or ""] = pod
    read = [pod for _, pod in sorted(pods.items())]
    logs = await asyncio.gather(
        *(
            _log(api, pod, container, since)
            for pod in read[:_MOST_LOGS]
            for container in _containers(pod)
        )
    )
    title = "CNI, kube-proxy and DNS pods: node, image, ready, restarts"
    if len(read) > _MOST_LOGS:
        title += f"; the logs of the first {_MOST_LOGS} are read"
    table = "".join(_status_lines(pod) for pod in read)
    return [Part("components.txt", title, table or "none\n"), *logs]


def selectors() -> Iterator[str]:
    """Label selectors of the pods that a cluster's network and DNS are made of, one for each
    label."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for key, value in (
        *(label for item in PLUGINS for label in item.labels),
        *COMPONENT_LABELS,
        *_CONTROLLERS,
    ):
        values[key].append(value)
    return (f"{key} in ({', '.join(sorted(named))})" for key, named in sorted(values.items()))


def _containers(pod: ComponentPod) -> list[str]:
    return [container.name or "" for container in (pod.spec or wire.PodSpec()).containers or ()]


def _status_lines(pod: ComponentPod) -> str:
    spec, status = pod.spec or wire.PodSpec(), pod.status or ComponentPodStatus()
    name = f"{pod.metadata.namespace}/{pod.metadata.name}"
    lines = [f"{name}  node {plain(spec.node_name or '-')}  {plain(status.phase or 'unknown')}\n"]
    for container in status.container_statuses or ():
        ready = "ready" if container.ready else "not ready"
        words = f"{container.name}  {container.image}  {ready}"
        lines.append(f"  {plain(words)}  {container.restart_count or 0} restarts\n")
    return "".join(lines)


async def _log(api: Api, pod: ComponentPod, container: str, since: str) -> Part:
    """The container's log, or in its place why there is none."""
    namespace, name = pod.metadata.namespace or "", pod.metadata.name or ""
    try:
        text = await api.past_log(
            namespace, name, container, since=since, lines=_LINES, most=_BYTES
        )
    except FabricError as error:
        text = f"(not read: {error})"
    file = container if LABEL.allows(container) else "container"
    return Part(f"logs/{namespace}.{name}.{file}.log", f"its log since {since}", text)
