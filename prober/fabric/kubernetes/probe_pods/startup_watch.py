"""Watches the probe pods of one namespace until each has started or cannot: one cached list, again
and again.

A watch would save a few lists and has more ways to end early; a list that fails is simply made
again.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import PODS
from prober.fabric.kubernetes.labels import SELECTOR
from prober.fabric.kubernetes.probe_pods.startup import Startup, StartupState, replaced, startup_of
from prober.fabric.kubernetes.reading.objects import Pod

_PAUSE = 0.2
"""Seconds between two lists at first."""
_LONGEST_PAUSE = 2.0
_GROWTH = 1.2
_PATIENCE = 8.0
"""Seconds for a pod that is stuck: the scheduler tries again when something changes, and little
does on one node."""


_UNSEEN = Startup(StartupState.WAITING, "nothing was heard of the probe pod", "run again")


@dataclass(slots=True)
class _Awaited:
    uid: str
    future: asyncio.Future[Startup]
    since: float
    stuck: float = 0.0
    """When it was first seen stuck; 0 when it is not."""
    last: Startup = _UNSEEN


class StartupWatch:
    """One namespace. `run` is its loop, to be run in a task; it ends when cancelled."""

    def __init__(self, api: Api, namespace: str, timeout: float) -> None:
        self._api = api
        self._namespace = namespace
        self._timeout = timeout
        self._awaited: dict[str, _Awaited] = {}
        self._wanted = asyncio.Event()

    async def started(self, pod: str, uid: str) -> Startup:
        """Wait until the pod with this name and uid has started, or cannot. Never longer than the
        start timeout. Raises `ApiError` when the cluster cannot be asked any more."""
        awaited = _Awaited(uid, asyncio.get_running_loop().create_future(), time.monotonic())
        self._awaited[pod] = awaited
        self._wanted.set()
        try:
            return await awaited.future
        finally:
            self._awaited.pop(pod, None)

    async def run(self) -> None:
        """Look, tell those who wait, and look again."""
        pause = _PAUSE
        while True:
            await self._wanted.wait()
            if not self._awaited:
                self._wanted.clear()
                pause = _PAUSE
                continue
            try:
                pods = await self._api.list_all(
                    PODS, Pod, namespace=self._namespace, selector=SELECTOR, cached=True
                )
            except ApiError as error:
                # An API server that is being restarted comes back: nobody gives up before their own
                # time is over.
                self._give_up(error, at_once=not error.may_pass)
                await asyncio.sleep(pause)
                continue
            seen = {pod.metadata.name or "": pod for pod in pods}
            for name, awaited in self._awaited.items():
                self._look(awaited, seen.get(name))
            await asyncio.sleep(pause)
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)

    def _look(self, awaited: _Awaited, pod: Pod | None) -> None:
        now = time.monotonic()
        if pod is not None:
            same = pod.metadata.uid == awaited.uid or not awaited.uid
            awaited.last = startup_of(pod) if same else replaced(pod)
        stuck = awaited.last.state is StartupState.STUCK
        awaited.stuck = (awaited.stuck or now) if stuck else 0.0
        over = now - awaited.since > self._timeout or (stuck and now - awaited.stuck > _PATIENCE)
        if awaited.future.done():
            return
        if awaited.last.state in (StartupState.STARTED, StartupState.FAILED):
            awaited.future.set_result(awaited.last)
        elif over:
            message = f"{awaited.last.message} (waited {now - awaited.since:.0f} s)"
            awaited.future.set_result(Startup(StartupState.FAILED, message, awaited.last.hint))

    def _give_up(self, error: ApiError, *, at_once: bool) -> None:
        now = time.monotonic()
        for awaited in self._awaited.values():
            if not awaited.future.done() and (at_once or now - awaited.since > self._timeout):
                awaited.future.set_exception(error)
        self._awaited = {
            name: awaited for name, awaited in self._awaited.items() if not awaited.future.done()
        }
