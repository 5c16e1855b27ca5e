"""The objects that own a run in one namespace: ConfigMaps with its plans, and a timer.

The first ConfigMap owns the others and every probe pod: deleting it takes all of them away. The
timer is a Job that wants no completions, so it is complete at once without a pod, and that
Kubernetes deletes when its time is over, with the ConfigMap it owns. So what a killed coordinator
leaves vanishes by itself. It does not own the pods directly: a Job gives away pods that its
selector does not match.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import CONFIG_MAPS, JOBS
from prober.fabric.kubernetes.probe_pods.labels import LABEL
from prober.fabric.kubernetes.probe_pods.manifest import Owner, Source
from prober.fabric.kubernetes.probe_pods.payload import Piece, packed


@dataclass(frozen=True, slots=True)
class RunObjects:
    """What was made in one namespace."""

    owner: Owner
    sources: Sequence[Source]
    """Where each piece is, in their order."""


async def make_run_objects(
    api: Api,
    namespace: str,
    name: str,
    pieces: Sequence[Piece],
    marks: Mapping[str, str],
    lifetime: int,
) -> RunObjects:
    """Create them. `lifetime` is in seconds. Raises `ApiError`; what was made by then is for
    `remove_run_objects`."""
    places = packed([len(piece.data) for piece in pieces])
    maps: list[dict[str, Piece]] = [{} for _ in range(max(places) + 1)]
    for number, (piece, place) in enumerate(zip(pieces, places, strict=True)):
        maps[place][f"plan-{number}"] = piece
    timer = await _make_timer(api, namespace, name, marks, lifetime)
    first = await api.create(
        CONFIG_MAPS, _config_map(namespace, name, maps[0], marks, timer), namespace
    )
    owner = Owner(name, first.metadata.uid or "")
    for place, content in enumerate(maps[1:], 1):
        body = _config_map(
            namespace, f"{name}-{place}", content, marks, _reference("v1", "ConfigMap", owner)
        )
        await api.create(CONFIG_MAPS, body, namespace)
    names = [name if place == 0 else f"{name}-{place}" for place in places]
    return RunObjects(owner, [Source(names[n], f"plan-{n}") for n in range(len(pieces))])


async def remove_run_objects(api: Api, namespace: str, name: str) -> None:
    """Delete them, and with them all of the run in the namespace. Raises `ApiError`."""
    await api.delete(CONFIG_MAPS, namespace, name)
    with contextlib.suppress(ApiError):  # it may never have been allowed, and it ends by itself
        await api.delete(JOBS, namespace, name)


async def _make_timer(
    api: Api, namespace: str, name: str, marks: Mapping[str, str], lifetime: int
) -> Mapping[str, Any] | None:
    """The owner reference to the timer; None where none can be made, and only sweeping is left."""
    try:
        made = await api.create(JOBS, _timer(namespace, name, marks, lifetime), namespace)
    except ApiError as error:
        if error.status in (403, 404, 422):
            return None
        raise
    return _reference("batch/v1", "Job", Owner(name, made.metadata.uid or ""))


def _reference(api_version: str, kind: str, owner: Owner) -> Mapping[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "name": owner.name, "uid": owner.uid}


def _config_map(
    namespace: str,
    name: str,
    content: Mapping[str, Piece],
    marks: Mapping[str, str],
    owner: Mapping[str, Any] | None,
) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {LABEL: "true"},
            "annotations": dict(marks),
            "ownerReferences": [owner] if owner else [],
        },
        "binaryData": {
            key: base64.b64encode(piece.data).decode() for key, piece in content.items()
        },
    }


def _timer(namespace: str, name: str, marks: Mapping[str, str], lifetime: int) -> dict[str, Any]:
    container = {
        "name": "none",
        "image": "none",
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {LABEL: "true"},
            "annotations": dict(marks),
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
