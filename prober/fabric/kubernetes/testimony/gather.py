"""All of it at once; each part that cannot be read narrows the answer, and is said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import CONFIG_MAPS, EVENTS, PODS
from prober.fabric.kubernetes.testimony import pods as tell
from prober.fabric.kubernetes.testimony.callbacks import of_api_service, webhooks
from prober.fabric.kubernetes.testimony.changes import changes
from prober.fabric.kubernetes.testimony.logs import read_logs
from prober.fabric.kubernetes.testimony.objects import (
    ConfigMapShape,
    EventShape,
    PodShape,
    Served,
)
from prober.fabric.kubernetes.testimony.served import (
    Listed,
    depends_on,
    is_unwell,
    served_kinds,
    statements,
    word_of,
)
from prober.model.testimony import SearchScope, Statement, StatementKind, Testimony
from prober.symptom.controllers import CLUSTER_WIDE_WORDS, by_word, controller_of

T = TypeVar("T")
CONFIG_MAPS_AT_MOST = 20
CONFIG_BYTES = 64 * 1024
"""Of one ConfigMap that is looked through."""
_NOT_SERVED = 404


@dataclass(slots=True)
class Gathered:
    """What has been read so far."""

    statements: list[Statement] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    async def attempt(self, what: str, call: Awaitable[T], default: T) -> T:
        """The call's result, or the default where it may not be made; that is said."""
        try:
            return await call
        except ApiError as error:
            self.failed(what, error)
        except BaseExceptionGroup as group:
            errors = [refusal for refusal in group.exceptions if isinstance(refusal, ApiError)]
            if len(errors) != len(group.exceptions):
                raise
            self.failed(what, errors[0])
        return default

    def failed(self, what: str, error: ApiError) -> None:
        """Say it, unless the kind is not there."""
        if error.status != _NOT_SERVED:
            self.unread.append(f"{what}: {error}")


async def gather(api: Api, scope: SearchScope) -> Testimony:
    """Everything that is written about the objects in the scope."""
    gathered = Gathered()
    namespace = scope.namespace or _namespace_of(scope.object)
    async with asyncio.TaskGroup() as group:
        listing = group.create_task(
            gathered.attempt("pods", api.list_all(PODS, PodShape, namespace=namespace), [])
        )
        events = group.create_task(
            gathered.attempt(
                "events",
                api.list_all(EVENTS, EventShape, namespace=namespace, fields="type=Warning"),
                [],
            )
        )
        objects = group.create_task(_served(api, gathered, scope, namespace))
        hooks = group.create_task(gathered.attempt("webhooks", webhooks(api, scope), []))
        changed = group.create_task(gathered.attempt("changes", changes(api, namespace), ()))
    served = objects.result()
    meant = _meant(scope, served)
    pods = await _pods(api, gathered, scope, listing.result(), served, meant)
    _events(gathered, scope, events.result(), pods, meant)
    for listed, item in served:
        if not scope.object or word_of(listed.kind, item) in meant:
            gathered.statements += statements(listed.kind, item)
        if listed.kind.kind == "APIService":
            gathered.statements += of_api_service(item, scope)
    gathered.statements += hooks.result()
    gathered.looked_at.append(
        _counted(len(served), "object with conditions", "objects with conditions")
    )
    return Testimony(
        tuple(gathered.statements),
        tuple(gathered.looked_at),
        tuple(gathered.unread),
        changed.result(),
        tell.addresses(listing.result()),
    )


def _namespace_of(word: str) -> str:
    """Of `deploy/api.shop`; kinds without a namespace have no dot that means one."""
    kind, _, rest = word.partition("/")
    name, dot, namespace = rest.rpartition(".")
    return namespace if dot and name and kind not in CLUSTER_WIDE_WORDS else ""


async def _served(
    api: Api, gathered: Gathered, scope: SearchScope, namespace: str
) -> list[tuple[Listed, Served]]:
    kinds = await gathered.attempt("kinds with conditions", served_kinds(api, scope.kinds), [])

    async def one(listed: Listed) -> list[tuple[Listed, Served]]:
        where = namespace if listed.resource.namespaced else ""
        listing = api.list_all(listed.resource, Served, namespace=where)
        items = await gathered.attempt(listed.resource.plural, listing, [])
        return [(listed, item) for item in items]

    lists = await asyncio.gather(*(one(listed) for listed in kinds))
    return [item for items in lists for item in items]


def _meant(scope: SearchScope, served: Sequence[tuple[Listed, Served]]) -> set[str]:
    """The object that is asked about, and all that it depends on."""
    if not scope.object:
        return set()
    meant = {_full(scope.object)}
    needs = {word_of(listed.kind, item): depends_on(listed.kind, item) for listed, item in served}
    waiting = list(meant)
    while waiting:
        for needed in needs.get(waiting.pop(), ()):
            if needed not in meant:
                meant.add(needed)
                waiting.append(needed)
    return meant


def _full(word: str) -> str:
    """With the kind's own word, where people wrote its plural."""
    kind, _, rest = word.partition("/")
    known = by_word().get(kind)
    return f"{known.kind.lower() if known else kind}/{rest}"


async def _pods(
    api: Api,
    gathered: Gathered,
    scope: SearchScope,
    listed: list[PodShape],
    served: Sequence[tuple[Listed, Served]],
    meant: set[str],
) -> list[PodShape]:
    """The pods asked about, with what they tell and what their logs say."""
    pods = tell.in_scope(listed, scope)
    controllers = {
        controller_of(listed_kind.kind.kind)
        for listed_kind, item in served
        if (word_of(listed_kind.kind, item) in meant if scope.object else is_unwell(item))
    }
    working = [pod for pod in listed if _works_for(pod, controllers)]
    # What a pod is told to reach is looked at where something is wrong with it: of a pod that is
    # well, such as with --all-logs, nobody complains about a target that does not answer.
    unwell = pods if scope.object else [pod for pod in pods if not tell.is_well(pod)]
    read = pods if scope.everything else unwell
    heard = await read_logs(api, _once([*read, *working]), scope.since_s)
    gathered.statements += heard.statements
    gathered.unread += [f"logs: {problem}" for problem in heard.problems or ()]
    gathered.looked_at += [
        _counted(len(pods), "pod", "pods"),
        _counted(heard.read, "log", "logs"),
    ]
    for pod in pods:
        gathered.statements += tell.conditions(pod)
    for pod in unwell:
        gathered.statements += tell.told(pod)
    await _config_maps(api, gathered, unwell)
    return pods


def _once(pods: list[PodShape]) -> list[PodShape]:
    return list({tell.name_of(pod): pod for pod in pods}.values())


def _works_for(pod: PodShape, controllers: set[str]) -> bool:
    """A controller's pods have its name before generated words."""
    name = pod.metadata.name or ""
    return any(controller and name.startswith(f"{controller}-") for controller in controllers)


async def _config_maps(api: Api, gathered: Gathered, pods: list[PodShape]) -> None:
    """What the ConfigMaps say that pods which are not well are given."""
    wanted = {
        (pod.metadata.namespace or "", name): pod for pod in pods for name in tell.config_maps(pod)
    }
    for (namespace, name), pod in list(wanted.items())[:CONFIG_MAPS_AT_MOST]:
        config_map = await gathered.attempt(
            "ConfigMaps", api.get(CONFIG_MAPS, ConfigMapShape, namespace, name), ConfigMapShape()
        )
        about = tell.name_of(pod)
        text = "\n".join(value or "" for value in (config_map.data or {}).values())[:CONFIG_BYTES]
        gathered.statements += [
            Statement(StatementKind.CONFIGURED, line, about, about, f"ConfigMap {name}")
            for line in text.splitlines()
            if ":" in line
        ]


def _events(
    gathered: Gathered,
    scope: SearchScope,
    events: list[EventShape],
    pods: list[PodShape],
    meant: set[str],
) -> None:
    known = {tell.name_of(pod) for pod in pods} | meant
    told = 0
    for event in events:
        about = event.involved_object
        word = f"{about.kind.lower()}/{about.name}.{about.namespace or event.metadata.namespace}"
        if scope.object and word not in known and word != scope.object:
            continue
        told += 1
        series = event.series
        last = event.last_timestamp or (series.last_observed_time if series else None)
        gathered.statements.append(
            Statement(
                StatementKind.EVENT,
                event.message or "",
                word,
                "",
                event.reason or "",
                (last or event.event_time or "")[:19] + "Z" if last or event.event_time else "",
                max(1, event.count or (series.count if series else None) or 1),
            )
        )
    gathered.looked_at.append(_counted(told, "warning event", "warning events"))


def _counted(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"
