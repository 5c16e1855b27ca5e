"""An ephemeral container in the real pod: its addresses, its rules, its sidecars; no other pod is
made.

It is the exact identity, and costs what Kubernetes does not take back: an ephemeral container can
be neither removed nor ended. It ends with its plan, which bounds itself, and stays in the pod's
description until the pod is replaced. It may not bring a volume, so its plan comes in an
environment variable.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.resources import PODS
from prober.fabric.kubernetes.client.streams import Emit, Item, streamed
from prober.fabric.kubernetes.probe_pods.logs import observations
from prober.fabric.kubernetes.probe_pods.payload import Piece, pieces
from prober.fabric.kubernetes.probe_pods.startup import Startup, StartupState, startup_of_ephemeral
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.reading.objects import Pod
from prober.fabric.kubernetes.restricted import container_security, pod_security
from prober.fabric.kubernetes.settings import Settings
from prober.fabric.ledger import sealed
from prober.model.check import Vantage
from prober.model.errors import FabricError
from prober.model.probe import Failure, Observed, Plan

LEFT_BEHIND = (
    "--via ephemeral leaves a container that has ended in every pod that was probed from, "
    "with the plan in its "
    "description: Kubernetes takes neither away before the pod is replaced"
)
PLAN_LIMIT = 90_000
"""Bytes of a compressed plan: Linux takes 128 KiB in one environment variable, and base64 makes
four bytes of three."""
_VARIABLE = "PROBER_PLAN"
_PAUSE = 0.3
"""Seconds between two looks at whether the container has started."""
_MARGIN = 30
"""Seconds for being slower than the plan says."""


class EphemeralTransport:
    """One wave of plans for pods. `name` is unique to it in the cluster."""

    def __init__(self, api: Api, settings: Settings, reading: Reading, name: str) -> None:
        self._api = api
        self._settings = settings
        self._name = name

    async def run(self, plans: Sequence[tuple[Vantage, Plan]]) -> AsyncGenerator[Item, None]:
        """Run all plans at once; a pod that cannot yields one `Failure`. Closing it does not end
        the containers."""
        jobs = [
            (vantage, piece)
            for vantage, plan in plans
            for piece in pieces(sealed(plan), limit=PLAN_LIMIT)
        ]

        async def work(emit: Emit) -> None:
            async with asyncio.TaskGroup() as group:
                for number, (vantage, piece) in enumerate(jobs):
                    container = f"{self._name}-{number}"
                    group.create_task(self._run(vantage, piece, container, emit), name=container)

        async with aclosing(streamed(work, f"ephemeral {self._name}")) as items:
            async for item in items:
                yield item

    async def _run(self, vantage: Vantage, piece: Piece, container: str, emit: Emit) -> None:
        def startup(pod: Pod) -> Startup:
            return startup_of_ephemeral(pod, container)

        namespace, name = vantage.namespace, vantage.name
        try:
            body = {
                "spec": {
                    "ephemeralContainers": [ephemeral_container(container, piece, self._settings)]
                }
            }
            await self._api.patch(PODS, namespace, name, body, subresource="ephemeralcontainers")
            await self._started(namespace, name, startup)
            async with asyncio.timeout(piece.seconds + _MARGIN):
                stream = observations(
                    self._api, namespace, name, piece.plan, container=container, startup=startup
                )
                async with aclosing(stream) as observed:
                    async for observation in observed:
                        emit(Observed(vantage.id, observation))
        except TimeoutError:
            message = f"ephemeral container {container} in pod {name} did not end in time"
            emit(
                Failure(
                    vantage.id, message, f"look at it: kubectl describe pod {name} -n {namespace}"
                )
            )
        except FabricError as error:
            emit(Failure(vantage.id, str(error), error.hint))

    async def _started(self, namespace: str, name: str, startup: Callable[[Pod], Startup]) -> None:
        """Wait until the container runs. Raises `FabricError` that says why it does not."""
        seen = Startup(StartupState.WAITING)
        try:
            async with asyncio.timeout(self._settings.start_timeout):
                while seen.state is not StartupState.STARTED:
                    seen = startup(await self._api.get(PODS, Pod, namespace, name))
                    if seen.state is StartupState.FAILED:
                        raise FabricError(seen.message, hint=seen.hint)
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            waited = f"{seen.message} (waited {self._settings.start_timeout:.0f} s)"
            raise FabricError(waited, hint=seen.hint) from None


def ephemeral_container(name: str, piece: Piece, settings: Settings) -> dict[str, Any]:
    """The container: restricted, as a probe pod's is. Resources and probes are not allowed in
    one."""
    return {
        "name": name,
        "image": settings.image,
        "imagePullPolicy": settings.pods.pull_policy,
        # The pod is not new, so its policies are enforced: nothing has to settle.
        "command": ["python3", "-m", "agent.runner", "--plan-variable", _VARIABLE],
        "env": [{"name": _VARIABLE, "value": base64.b64encode(piece.data).decode()}],
        # The pod is somebody else's, and may ask for less.
        "securityContext": {**pod_security(), **container_security()},
    }
