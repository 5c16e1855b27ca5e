"""The objects that own a run in one namespace: ConfigMaps with its plans, and a timer.

The first ConfigMap owns the others and every probe pod: deleting it takes all of them away. The
timer is a Job that wants no completions, so it is complete at once without a pod, and that
Kubernetes deletes when its time is over, with the ConfigMap it owns. So what a killed coordinator
leaves vanishes by itself. It does not own the pods directly: a Job gives away pods that its
selector does not match.

What is deleted at the end is what was made, by name and uid. Where a creation was answered by
nobody, what has the name is looked at first, and deleted only when it is this run's.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from typing import Any

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.objects import KubernetesObject
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import CONFIG_MAPS, JOBS, Resource
from prober.fabric.kubernetes.labels import LABEL, run_of
from prober.fabric.kubernetes.probe_pods.manifest import Owner, Source
from prober.fabric.kubernetes.probe_pods.payload import Piece, packed
from prober.fabric.kubernetes.restricted import container_security, pod_security

_FORBIDDEN, _NOT_FOUND, _CONFLICT, _INVALID = 403, 404, 409, 422
_NOTHING_MADE = frozenset(range(400, 429))
"""Answers to a creation that say so."""


class RunObjects:
    """What one wave of a run makes in one namespace. `annotations` are on each object."""

    def __init__(self, api: Api, namespace: str, run: str, annotations: Mapping[str, str]) -> None:
        self._api = api
        self._namespace = namespace
        self._run = run
        self._annotations = annotations
        self._made: dict[Resource, str] = {}
        """The uid of the ConfigMap and of the timer; empty while their creation is not answered."""

    @property
    def owner(self) -> Owner:
        """What owns the probe pods."""
        return Owner(self._run, self._made[CONFIG_MAPS])

    async def create(self, pieces: Sequence[Piece], lifetime: int) -> Sequence[Source]:
        """Create them, to last no longer than `lifetime` seconds; where each piece is, in their
        order. Raises `ApiError`; what was made by then is for `remove`."""
        places = packed([len(piece.data) for piece in pieces])
        maps: list[dict[str, Piece]] = [{} for _ in range(max(places, default=0) + 1)]
        for number, (piece, place) in enumerate(zip(pieces, places, strict=True)):
            maps[place][f"plan-{number}"] = piece
        timer = await self._create_timer(lifetime)
        await self._create(CONFIG_MAPS, self._config_map(self._run, maps[0], timer))
        owner = _reference("v1", "ConfigMap", self.owner)
        names = [self._run, *(f"{self._run}-{place}" for place in range(1, len(maps)))]
        for name, content in zip(names[1:], maps[1:], strict=True):
            await self._api.create(
                CONFIG_MAPS, self._config_map(name, content, owner), self._namespace
            )
        return [Source(names[place], f"plan-{number}") for number, place in enumerate(places)]

    async def remove(self) -> None:
        """Delete them, and with them all of the wave in the namespace. Raises `ApiError`."""
        # At once: the one that fails keeps the other from nothing. The ConfigMap is not left to the
        # garbage collector, which would take it away after the timer, and the pods after that.
        done = await asyncio.gather(
            self._remove(CONFIG_MAPS), self._remove(JOBS), return_exceptions=True
        )
        for failed in done:
            if isinstance(failed, BaseException):
                raise failed

    async def _create(self, resource: Resource, body: Mapping[str, Any]) -> None:
        self._made[resource] = ""
        try:
            made = await self._api.create(resource, body, self._namespace)
        except ApiError as error:
            if error.status in _NOTHING_MADE:
                del self._made[resource]
            raise
        self._made[resource] = made.metadata.uid or ""

    async def _create_timer(self, lifetime: int) -> Mapping[str, Any] | None:
        """The owner reference to the timer; None where none can be made, and only sweeping is
        left."""
        try:
            await self._create(
                JOBS, _timer(self._namespace, self._run, self._annotations, lifetime)
            )
        except ApiError as error:
            if error.status in (_FORBIDDEN, _NOT_FOUND, _INVALID):
                return None
            raise
        return _reference("batch/v1", "Job", Owner(self._run, self._made[JOBS]))

    def _config_map(
        self, name: str, content: Mapping[str, Piece], owner: Mapping[str, Any] | None
    ) -> Mapping[str, Any]:
        return _config_map(self._namespace, name, content, self._annotations, owner)

    async def _remove(self, resource: Resource) -> None:
        if resource not in self._made:
            return
        uid = self._made[resource] or await self._uid(resource)
        if uid:
            await delete_exactly(self._api, resource, self._namespace, self._run, uid)
        del self._made[resource]

    async def _uid(self, resource: Resource) -> str:
        """Of what this run has made under its name without hearing of it; empty when it is not
        there, or somebody else's."""
        try:
            there = await self._api.get(resource, KubernetesObject, self._namespace, self._run)
        except ApiError as error:
            if error.status == _NOT_FOUND:
                return ""
            raise
        ours = (
            run_of(there.metadata) == self._run
            and self._annotations.items() <= (there.metadata.annotations or {}).items()
        )
        return (there.metadata.uid or "") if ours else ""


async def delete_exactly(api: Api, resource: Resource, namespace: str, name: str, uid: str) -> None:
    """Delete an object with all that it owns, if it still is the one with this uid. Raises
    `ApiError`."""
    try:
        await api.delete(resource, namespace, name, uid=uid)
    except ApiError as error:
        if error.status != _CONFLICT:  # that one is gone, and another has its name
            raise


def _reference(api_version: str, kind: str, owner: Owner) -> Mapping[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "name": owner.name, "uid": owner.uid}


def _config_map(
    namespace: str,
    name: str,
    content: Mapping[str, Piece],
    annotations: Mapping[str, str],
    owner: Mapping[str, Any] | None,
) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {LABEL: "true"},
            "annotations": dict(annotations),
            "ownerReferences": [owner] if owner else [],
        },
        "binaryData": {
            key: base64.b64encode(piece.data).decode() for key, piece in content.items()
        },
    }


def _timer(
    namespace: str, name: str, annotations: Mapping[str, str], lifetime: int
) -> dict[str, Any]:
    container = {
        "name": "none",
        "image": "none",
        "securityContext": container_security(),
    }
    security = pod_security()
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {LABEL: "true"},
            "annotations": dict(annotations),
        },
        "spec": {
            "completions": 0,
            "parallelism": 0,
            "ttlSecondsAfterFinished": lifetime,
            "template": {
                "spec": {
                    "restartPolicy": "Never",
                    "securityContext": security,
                    "containers": [container],
                }
            },
        },
    }
