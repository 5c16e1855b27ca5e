"""What dead or expired runs left behind."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import dataclass

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import CONFIG_MAPS, PODS
from prober.fabric.kubernetes.probe_pods.labels import RUN, SELECTOR, is_stale
from prober.fabric.kubernetes.probe_pods.run_objects import remove_run_objects
from prober.fabric.kubernetes.reading.objects import KubernetesObject


@dataclass(frozen=True, slots=True, order=True)
class Remains:
    """One run's objects in one namespace."""

    namespace: str
    run: str

    def __str__(self) -> str:
        return f"{self.run} in namespace {self.namespace}"


async def sweep(api: Api, *, everything: bool = False) -> list[Remains]:
    """Delete what is stale (or `everything`, also of runs that are under way), and say what it was.

    Found by its ConfigMaps and, where those may not be listed, by its pods. Raises `ApiError`.
    """
    now = datetime.datetime.now(datetime.UTC)
    found = {
        Remains(one.metadata.namespace or "", run)
        for one in await _marked(api)
        if (run := (one.metadata.annotations or {}).get(RUN))
        and (everything or is_stale(one.metadata.annotations or {}, now))
    }
    await asyncio.gather(*(remove_run_objects(api, one.namespace, one.run) for one in found))
    return sorted(found)


async def _marked(api: Api) -> list[KubernetesObject]:
    try:
        return await api.list_all(
            CONFIG_MAPS, KubernetesObject, selector=SELECTOR, metadata_only=True
        )
    except ApiError as error:
        if error.status != 403:
            raise
        return await api.list_all(PODS, KubernetesObject, selector=SELECTOR, metadata_only=True)
