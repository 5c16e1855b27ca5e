"""From a probe pod's log to observations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from agent.wire import End, FailureLine, decode_line
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import PODS
from prober.fabric.kubernetes.probe_pods.stage import Stage, Standing, gone, stage_of
from prober.fabric.kubernetes.reading.objects import Pod
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


class _Listener:
    """Hears a log, again and again. What the pod still says is not to be lost for a connection's
    sake."""

    def __init__(self) -> None:
        self.said = b""
        """The last line that is no word of the agent's: of a traceback, most likely."""
        self._ends = self._failures = 0
        self._broken = 0.0
        """Since when nothing is heard; 0: something is."""

    async def words(
        self, lines: AsyncGenerator[bytes, None]
    ) -> AsyncGenerator[Observation | End, None]:
        """What the agent says. Raises `FabricError` when it says that it could not run its plan."""
        async with aclosing(lines):
            async for line in lines:
                self._failures, self._broken = 0, 0.0
                try:
                    word = decode_line(line)
                except FabricError:
                    self.said = line or self.said
                    continue
                if isinstance(word, FailureLine):
                    raise FabricError(
                        f"the agent could not run its plan: {word.message}", hint=word.hint
                    )
                yield word

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
    stage: Callable[[Pod], Stage] = stage_of,
) -> AsyncGenerator[Observation, None]:
    """Every observation of the plan, as the pod writes it. Raises `FabricError` when the log ends
    before the plan.

    `container` is the one that runs the plan, and `stage` says how far it is; a probe pod has only
    one.
    """
    seen: set[str] = set()
    listener = _Listener()
    while True:
        error: ApiError | None = None
        try:
            async with aclosing(listener.words(api.log(namespace, pod, container))) as words:
                async for word in words:
                    if isinstance(word, End):
                        return
                    if word.probe not in seen:
                        seen.add(word.probe)
                        yield word
        except ApiError as broken:
            error = broken
        last, silent = await _state(api, namespace, pod, stage)
        error = error or silent
        if last.standing is Standing.FAILED or (error is None and not listener.ended()):
            raise _cut_off(
                last, len(seen), len(plan.probes), listener.said.decode("utf-8", "replace")
            )
        if error is not None:
            await listener.broken(error)


async def _state(
    api: Api, namespace: str, pod: str, stage: Callable[[Pod], Stage]
) -> tuple[Stage, ApiError | None]:
    """How far the pod is; where that cannot be found out, as far as it was, and why."""
    try:
        return stage(await api.get(PODS, Pod, namespace, pod)), None
    except ApiError as error:
        if error.status == 404:
            return gone(namespace, pod), None
        return Stage(Standing.STARTED), error


def _cut_off(stage: Stage, seen: int, wanted: int, said: str) -> FabricError:
    if stage.standing is Standing.FAILED:
        return FabricError(f"{stage.message}; {seen} of {wanted} probes had ended", hint=stage.hint)
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
