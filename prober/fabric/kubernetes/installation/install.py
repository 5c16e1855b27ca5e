"""Put a bundle into a cluster, wait until its agents are ready, and take it away again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.objects import KubernetesObject
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import DAEMON_SETS, NAMESPACES, PODS
from prober.fabric.kubernetes.installation.bundle import every_part, everything
from prober.fabric.kubernetes.installation.names import AGENT, PART_OF, Choices
from prober.fabric.kubernetes.installation.put import apply_all, delete_all, key
from prober.fabric.kubernetes.installation.runs import every_run, runs
from prober.fabric.kubernetes.labels import AGENT as AGENT_LABEL
from prober.fabric.kubernetes.probe_pods.stage import Standing, stage_of
from prober.fabric.kubernetes.reading.objects import DaemonSet, DaemonSetStatus, Pod
from prober.model.errors import FabricError

_PAUSE = 0.5
"""Seconds between two looks."""
_PATIENCE = 10.0
"""Seconds for an agent that cannot start, such as for want of its image: the first try may have
been unlucky."""


async def install(api: Api, choices: Choices, seconds: float) -> int:
    """Apply everything and wait until every agent is ready; how many there are.

    What an earlier installation had and this one has not is taken away, but for what runs
    scenarios. A namespace that exists and is not prober's is left as it is. Raises `FabricError`
    that says what keeps the agents from being ready, within so many seconds.
    """
    wanted = everything(choices)
    theirs = not await _may_touch_namespace(api, choices.namespace)
    await apply_all(api, [one for one in wanted if not (theirs and one["kind"] == "Namespace")])
    kept = {key(one) for one in wanted}
    await delete_all(api, [one for one in every_part(choices) if key(one) not in kept])
    return await _until_ready(api, choices.namespace, seconds)


async def start(api: Api, choices: Choices, scenarios: Mapping[str, str], schedule: str) -> None:
    """Run scenarios (text by file name) in the cluster, in the place of those that were: now, or at
    the times of a cron schedule. Raises `ApiError`."""
    wanted = runs(choices, scenarios, schedule)
    # A Job can only be made anew: its pod's template cannot be changed, and what has run does not
    # run again.
    kept = {key(one) for one in wanted if one["kind"] != "Job"}
    await delete_all(api, [one for one in every_run(choices) if key(one) not in kept])
    await apply_all(api, wanted)


async def uninstall(api: Api, choices: Choices, seconds: float) -> bool:
    """Delete everything, and wait until it is gone. False when the namespace stays, because it is
    not prober's.

    Raises `FabricError` when it is not gone within so many seconds.
    """
    ours = await _may_touch_namespace(api, choices.namespace)
    parts = [one for one in reversed(every_part(choices)) if ours or one["kind"] != "Namespace"]
    await delete_all(api, [*every_run(choices), *parts])
    try:
        async with asyncio.timeout(seconds):
            while not await _is_gone(api, choices.namespace, ours):  # noqa: ASYNC110 - it happens in the cluster
                await asyncio.sleep(_PAUSE)
    except TimeoutError as error:
        raise FabricError(
            f"namespace {choices.namespace} was not gone after {seconds:.0f} s",
            hint=f"kubectl get namespace {choices.namespace} -o yaml says what it waits for",
        ) from error
    return ours


async def _until_ready(api: Api, namespace: str, seconds: float) -> int:
    started = time.monotonic()
    while (passed := time.monotonic() - started) < seconds:
        found = await api.get(DAEMON_SETS, DaemonSet, namespace, AGENT)
        status = found.status or DaemonSetStatus()
        if _is_ready(found, status):
            return status.number_ready
        if passed > _PATIENCE and any(
            stage_of(pod).standing is Standing.FAILED and not pod.metadata.deletion_timestamp
            for pod in await _agents(api, namespace)
        ):
            break
        await asyncio.sleep(_PAUSE)
    raise await _not_ready(api, namespace, passed)


def _is_ready(found: DaemonSet, status: DaemonSetStatus) -> bool:
    """Every node that the DaemonSet is for has a ready agent of this generation; there is at least
    one."""
    if status.observed_generation < (found.metadata.generation or 0):
        return False
    wanted = status.desired_number_scheduled
    return 0 < wanted == status.number_ready == status.updated_number_scheduled


async def _not_ready(api: Api, namespace: str, seconds: float) -> FabricError:
    """What is wrong with the first agent that is not ready."""
    pods = await _agents(api, namespace)
    for pod in pods:
        stage = stage_of(pod)
        if stage.message:
            node = pod.spec.node_name if pod.spec else ""
            return FabricError(
                f"the agent on node {node} is not ready: {stage.message}", hint=stage.hint
            )
    what = "not every agent was ready" if pods else "no agent's pod could be made"
    return FabricError(
        f"{what} after {seconds:.0f} s",
        hint=(
            f"kubectl describe daemonset {AGENT} -n {namespace}; kubectl logs daemonset/{AGENT} "
            f"-n {namespace}"
        ),
    )


async def _agents(api: Api, namespace: str) -> list[Pod]:
    return await api.list_all(PODS, Pod, namespace=namespace, selector=f"{AGENT_LABEL}=true")


async def _is_gone(api: Api, namespace: str, ours: bool) -> bool:
    """The namespace with all that was in it; or, where it stays, the agents."""
    return await _labels(api, namespace) is None if ours else not await _agents(api, namespace)


async def _may_touch_namespace(api: Api, namespace: str) -> bool:
    """It is not there yet, or it is prober's own."""
    labels = await _labels(api, namespace)
    return labels is None or labels.get(PART_OF) == "prober"


async def _labels(api: Api, namespace: str) -> Mapping[str, Any] | None:
    """The namespace's labels; None when there is none."""
    try:
        found = await api.get(NAMESPACES, KubernetesObject, "", namespace)
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    return found.metadata.labels or {}
