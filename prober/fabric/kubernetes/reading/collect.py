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
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import EVENTS, PODS
from prober.fabric.kubernetes.reading.event_messages import event_message
from prober.fabric.kubernetes.reading.export import export
from prober.model.bundle import Collection as Collected
from prober.model.bundle import Gap, Part
from prober.model.cni import PLUGINS
from prober.model.components import LABELS as COMPONENT_LABELS

BEFORE = timedelta(minutes=15)
"""How long before the run logs begin: what broke the network often did so shortly before somebody
looked."""
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
        tuple(part for one in results for part in one.parts),
        tuple(gap for one in results for gap in one.gaps),
    )


async def _guarded(what: str, job: Callable[[], Awaitable[Sequence[Part]]]) -> Collected:
    try:
        return Collected(tuple(await job()))
    except ApiError as error:
        return Collected(gaps=(Gap(what, str(error)),))


async def _objects(api: Api, namespaces: Collection[str]) -> list[Part]:
    kinds: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in await export(api, namespaces):
        kinds[one["kind"]].append(one)
    return [
        Part(
            f"objects/{kind.lower()}.yaml",
            f"{kind} objects, only the fields that decide about connectivity",
            found,
        )
        for kind, found in sorted(kinds.items())
    ]


async def _version(api: Api) -> list[Part]:
    return [Part("versions.txt", "the API server's version", f"Kubernetes {await api.version()}\n")]


async def _events(api: Api, namespaces: Collection[str]) -> list[Part]:
    found: list[dict[str, Any]] = []
    for namespace in sorted(namespaces):
        found += await api.list_all(EVENTS, dict[str, Any], namespace=namespace)
    lines = sorted(_event(one) for one in found)
    return [
        Part("events.txt", f"events of {', '.join(sorted(namespaces))}", "\n".join(lines) + "\n")
    ]


def _event(one: Mapping[str, Any]) -> str:
    about = one.get("involvedObject") or {}
    series = one.get("series") or {}
    at = one.get("lastTimestamp") or series.get("lastObservedTime") or one.get("eventTime") or "-"
    name = f"{about.get('kind')} {about.get('namespace', '')}/{about.get('name')}"
    message = event_message(str(one.get("reason")), " ".join(str(one.get("message") or "").split()))
    return (
        f"{at}  {one.get('type')}  {one.get('reason')}  {name}  ×{one.get('count') or 1}  {message}"
    )


async def _components(api: Api, since: str) -> list[Part]:
    pods: dict[tuple[str, str], dict[str, Any]] = {}
    for selector in selectors():
        for pod in await api.list_all(PODS, dict[str, Any], selector=selector):
            pods[pod["metadata"]["namespace"], pod["metadata"]["name"]] = pod
    table = "".join(_standing(pod) for _, pod in sorted(pods.items()))
    logs = await asyncio.gather(
        *(
            _log(api, pod, container, since)
            for _, pod in sorted(pods.items())
            for container in _containers(pod)
        )
    )
    return [
        Part(
            "components.txt",
            "CNI, kube-proxy and DNS pods: node, image, ready, restarts",
            table or "none\n",
        ),
        *logs,
    ]


def selectors() -> Iterator[str]:
    """Label selectors of the pods that a cluster's network and DNS are made of, one for each
    label."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for key, value in (
        *(label for one in PLUGINS for label in one.labels),
        *COMPONENT_LABELS,
        *_CONTROLLERS,
    ):
        values[key].append(value)
    return (f"{key} in ({', '.join(sorted(found))})" for key, found in sorted(values.items()))


def _containers(pod: Mapping[str, Any]) -> list[str]:
    return [one["name"] for one in pod["spec"]["containers"]]


def _standing(pod: Mapping[str, Any]) -> str:
    name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
    lines = [
        (
            f"{name}  node {pod['spec'].get('nodeName', '-')}  "
            f"{(pod.get('status') or {}).get('phase')}\n"
        )
    ]
    for one in (pod.get("status") or {}).get("containerStatuses") or ():
        ready = "ready" if one.get("ready") else "not ready"
        lines.append(
            f"  {one['name']}  {one.get('image')}  {ready}  {one.get('restartCount', 0)} restarts\n"
        )
    return "".join(lines)


async def _log(api: Api, pod: Mapping[str, Any], container: str, since: str) -> Part:
    """The container's log, or in its place why there is none."""
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    try:
        text = await api.past_log(
            namespace, name, container, since=since, lines=_LINES, most=_BYTES
        )
    except ApiError as error:
        text = f"(not read: {error})"
    return Part(f"logs/{namespace}.{name}.{container}.log", f"its log since {since}", text)
