"""From a probe pod's log to observations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from agent.wire import End, FailureLine, decode_line
from prober.fabric.kubernetes.api import Api
from prober.fabric.kubernetes.objects import Pod
from prober.fabric.kubernetes.refusals import ApiError
from prober.fabric.kubernetes.resources import PODS
from prober.fabric.kubernetes.stage import Stage, Standing, stage_of
from prober.model.errors import FabricError
from prober.model.outcome import Observation
from prober.model.probe import Plan

_TRIES = 4
"""Times that a log is opened: a connection that breaks in the middle is no reason to lose what the pod still says."""
_PAUSE = 1.0
"""Seconds before it is opened again after a failure; longer each time."""


async def observations(
    api: Api, namespace: str, pod: str, plan: Plan, *, container: str = "", stage: Callable[[Pod], Stage] = stage_of
) -> AsyncGenerator[Observation, None]:
    """Every observation of the plan, as the pod writes it. Raises `FabricError` when the log ends before the plan.

    `container` is the one that runs the plan, and `stage` says how far it is; a probe pod has only one.
    """
    seen: set[str] = set()
    said = b""
    for attempt in range(1, _TRIES + 1):
        try:
            async with aclosing(api.log(namespace, pod, container)) as lines:
                async for line in lines:
                    try:
                        word = decode_line(line)
                    except FabricError:
                        said = line or said  # a traceback's last line, most likely
                        continue
                    if isinstance(word, End):
                        return
                    if isinstance(word, FailureLine):
                        raise FabricError(f"the agent could not run its plan: {word.message}", hint=word.hint)
                    if word.probe not in seen:
                        seen.add(word.probe)
                        yield word
        except ApiError:
            if attempt == _TRIES:
                raise
            await asyncio.sleep(_PAUSE * attempt)  # a kubelet that is being restarted comes back in a moment
        if (await _state(api, namespace, pod, stage)).standing is not Standing.STARTED:
            break
    last = await _state(api, namespace, pod, stage)
    raise _cut_off(last, len(seen), len(plan.probes), said.decode("utf-8", "replace"))


async def _state(api: Api, namespace: str, pod: str, stage: Callable[[Pod], Stage]) -> Stage:
    try:
        return stage(await api.get(PODS, Pod, namespace, pod))
    except ApiError as error:
        if error.status == 404:
            return Stage(Standing.FAILED, f"someone deleted pod {pod}", "run again")
        raise


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
