"""From a probe pod's log to observations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import aclosing

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import PODS
from prober.fabric.kubernetes.probe_pods.startup import Startup, StartupState, gone, startup_of
from prober.fabric.kubernetes.reading.objects import Pod
from prober.fabric.ledger import AgentFailureError, BrokenStreamError, Ledger, hear
from prober.model.bounds import plain
from prober.model.errors import FabricError
from prober.model.outcome import Observation
from prober.model.probe import Plan

_TRIES = 4
"""Times that a log is opened that ends too soon, or that cannot be opened for a reason that will
not pass."""
_PATIENCE = 30.0
"""Seconds for a connection that breaks: an API server or a kubelet that is being restarted comes
back."""
_PAUSE = 1.0
"""Seconds before the log is opened again after a failure; longer each time."""
_LONGEST_PAUSE = 5.0


class _Patience:
    """How often a log is opened again. What the pod still says is not to be lost for a connection's
    sake."""

    def __init__(self) -> None:
        self._ends = self._failures = 0
        self._broken = 0.0
        """Since when nothing is heard; 0: something is."""

    def heard(self) -> None:
        """Something was."""
        self._failures, self._broken = 0, 0.0

    def ended(self) -> bool:
        """The log ended without an error; False when it is not to be opened again."""
        self._ends += 1
        return self._ends < _TRIES

    async def broken(self, error: ApiError) -> None:
        """Wait before the next try. Raises the error when there is to be none."""
        now = time.monotonic()
        self._failures += 1
        self._broken = self._broken or now
        if now - self._broken > _PATIENCE if error.may_pass else self._failures >= _TRIES:
            raise error
        await asyncio.sleep(min(_PAUSE * self._failures, _LONGEST_PAUSE))


async def observations(
    api: Api,
    namespace: str,
    pod: str,
    plan: Plan,
    *,
    container: str = "",
    startup: Callable[[Pod], Startup] = startup_of,
) -> AsyncGenerator[Observation, None]:
    """Every observation of the plan, as the pod writes it. Raises `FabricError` when the log ends
    before the plan, or breaks the protocol: then nothing that came counts.

    `container` is the one that runs the plan, and `startup` says how far it is; a probe pod has
    only one. Each time that the log is opened it is read from its beginning, with a ledger of its
    own.
    """
    # A log is followed through the API server and the kubelet, either of which may end it: the API
    # server after its request timeout, the kubelet when it is restarted or rotates the file. So a
    # log that ends is no news; it is opened again until the end line is there. Reading from the
    # beginning each time, with `seen` as the memory, is what makes a gap visible: to go on from a
    # timestamp (`sinceTime`) could skip lines, and nobody would notice.
    seen: dict[str, Observation] = {}
    patience = _Patience()
    while True:
        error: ApiError | None = None
        ledger = Ledger(plan)
        foreign: BrokenStreamError | None = None
        try:
            async with aclosing(api.log(namespace, pod, container)) as log:
                async for observation in hear(_heard(log, patience), ledger):
                    if _is_news(observation, seen):
                        yield observation
            if ledger.ended:
                return
        except AgentFailureError as failure:
            raise FabricError(
                f"the agent could not run its plan: {failure}", hint=failure.hint
            ) from failure
        except BrokenStreamError as broken:
            if not ledger.words:
                raise
            # a kubelet that cannot read a log writes so into it: see whether it can later
            foreign = broken
        except ApiError as broken:
            if ledger.ended:
                return
            error = broken
        # Asked after every end, because the reason stands in the pod and not in the log: a pod that
        # was evicted or ran out of memory has a log that merely ends.
        last, silent = await _state(api, namespace, pod, startup)
        error = error or silent
        if last.state is StartupState.FAILED or (error is None and not patience.ended()):
            raise (
                foreign
                if foreign and seen
                else _cut_off(last, len(seen), len(plan.probes), ledger.words)
            )
        if error is not None:
            await patience.broken(error)


async def _heard(chunks: AsyncIterable[bytes], patience: _Patience) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        patience.heard()
        yield chunk


def _is_news(observation: Observation, seen: dict[str, Observation]) -> bool:
    """Was it not there when the log was read before? Raises `BrokenStreamError` when it was, and
    was another."""
    # Said twice is well, said differently is not: the file on the node is append-only, so what was
    # read cannot change unless somebody writes to it.
    before = seen.setdefault(observation.probe, observation)
    if before != observation:
        raise BrokenStreamError(
            (
                f"the log said something else of probe {plain(observation.probe, 80)!r} when it "
                "was read before"
            ),
            hint="somebody else writes into it: docs/security.md says who can",
        )
    return before is observation


async def _state(
    api: Api, namespace: str, pod: str, startup: Callable[[Pod], Startup]
) -> tuple[Startup, ApiError | None]:
    """How far the pod is; where that cannot be found out, as far as it was, and why."""
    try:
        return startup(await api.get(PODS, Pod, namespace, pod)), None
    except ApiError as error:
        if error.status == 404:
            return gone(namespace, pod), None
        return Startup(StartupState.STARTED), error


def _cut_off(startup: Startup, seen: int, wanted: int, said: str) -> FabricError:
    if startup.state is StartupState.FAILED:
        return FabricError(
            f"{startup.message}; {seen} of {wanted} probes had ended", hint=startup.hint
        )
    if seen == 0 and said:
        return FabricError(
            f"the agent wrote no observation; it said: {said[:300]}",
            hint="--image must name an image of prober's agent, of this release",
        )
    words = f"; the last that it said: {said[:300]}" if said else ""
    return FabricError(
        f"the probe's log ended after {seen} of {wanted} probes{words}",
        hint="the node rotated or lost the log: run again, with fewer probes at once",
    )
