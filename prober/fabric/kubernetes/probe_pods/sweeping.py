"""What dead or expired runs left behind.

Every run does this before its first probe, with the rights of whoever runs it: nothing that a
tenant may write may lead it to anything but objects of runs. So it reads a list, believes of each
object on it only what `labels.run_of` lets through, and deletes that very object: by the name and
the uid that it was listed with. What an annotation says is never used as a name.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.objects import KubernetesObject, ObjectMeta
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import CONFIG_MAPS, JOBS, PODS, Resource
from prober.fabric.kubernetes.labels import SELECTOR, is_stale, run_of
from prober.fabric.kubernetes.probe_pods.run_objects import delete_exactly

_FORBIDDEN, _NOT_FOUND = 403, 404
Listed = tuple[Resource, ObjectMeta]


@dataclass(frozen=True, slots=True, order=True)
class SweptRun:
    """One run's objects in one namespace."""

    namespace: str
    run: str

    def __str__(self) -> str:
        return f"{self.run} in namespace {self.namespace}"


async def sweep(api: Api, *, everything: bool = False, most: int | None = None) -> list[SweptRun]:
    """Delete what is stale (or `everything`, also of runs that are under way), no more than `most`
    objects, and say what it was.

    ConfigMaps are looked for in all namespaces; where those may not be listed, in the namespaces of
    probe pods; where not even there, the pods themselves are deleted. Raises `ApiError` when one
    could not be deleted; the others are, all the same.
    """
    # By this machine's clock: what other machines made is stale when its time is over (`is_stale`),
    # which has a minute of grace for clocks that differ (`transport`).
    now = datetime.datetime.now(datetime.UTC)
    stale = [
        (resource, metadata)
        for resource, metadata in await _listed(api)
        if run_of(metadata) and (everything or is_stale(metadata.annotations or {}, now))
    ][:most]
    done = await asyncio.gather(*(_delete(api, *item) for item in stale), return_exceptions=True)
    for failed in done:
        if isinstance(failed, BaseException):
            raise failed
    return sorted({SweptRun(item.namespace or "", run_of(item)) for _, item in stale})


async def _delete(api: Api, resource: Resource, metadata: ObjectMeta) -> None:
    namespace, name, uid = metadata.namespace or "", metadata.name or "", metadata.uid or ""
    if not uid:  # every object has one; without it, it could be another by now
        return
    await delete_exactly(api, resource, namespace, name, uid)
    if resource is CONFIG_MAPS:
        await _delete_timer(api, metadata)


async def _delete_timer(api: Api, owned: ObjectMeta) -> None:
    """The timer of a ConfigMap that was deleted: it would end by itself, some time later."""
    namespace, run = owned.namespace or "", run_of(owned)
    # A Job of the run's name is not enough: anybody who may make Jobs can give one that name, and
    # would have it deleted with the rights of whoever runs prober. Only the one that the ConfigMap
    # belonged to, by uid, is the timer.
    uids = {
        reference.uid
        for reference in owned.owner_references or ()
        if reference.kind == "Job" and reference.name == run
    }
    if not uids:
        return
    try:
        timer = (await api.get(JOBS, KubernetesObject, namespace, run)).metadata
    except ApiError as error:
        if error.status not in (_FORBIDDEN, _NOT_FOUND):
            raise
        return
    if run_of(timer) == run and timer.uid and timer.uid in uids:
        await delete_exactly(api, JOBS, namespace, run, timer.uid)


async def _listed(api: Api) -> list[Listed]:
    """What carries prober's label, and is what a run is removed by."""
    try:
        return _of(CONFIG_MAPS, await _labelled(api, CONFIG_MAPS))
    except ApiError as error:
        if error.status != _FORBIDDEN:
            raise
    pods = await _labelled(api, PODS)
    spaces = sorted({pod.metadata.namespace or "" for pod in pods if run_of(pod.metadata)})
    parts = await asyncio.gather(*(_in_namespace(api, space, pods) for space in spaces))
    return [item for part in parts for item in part]


async def _in_namespace(
    api: Api, namespace: str, pods: Sequence[KubernetesObject]
) -> Sequence[Listed]:
    try:
        return _of(CONFIG_MAPS, await _labelled(api, CONFIG_MAPS, namespace))
    except ApiError as error:
        if error.status != _FORBIDDEN:
            raise
    return _of(PODS, (pod for pod in pods if pod.metadata.namespace == namespace))


def _of(resource: Resource, objects: Iterable[KubernetesObject]) -> list[Listed]:
    return [(resource, item.metadata) for item in objects]


async def _labelled(api: Api, resource: Resource, namespace: str = "") -> list[KubernetesObject]:
    return await api.list_all(
        resource, KubernetesObject, namespace=namespace, selector=SELECTOR, metadata_only=True
    )
