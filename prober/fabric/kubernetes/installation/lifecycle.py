"""Put a bundle into a cluster, wait until its agents are ready, and take it away again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.objects import KubernetesObject
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import (
    DAEMON_SETS,
    DEPLOYMENTS,
    NAMESPACES,
    PODS,
    ROLE_BINDINGS,
    SCENARIOS,
)
from prober.fabric.kubernetes.client.rights import Purpose
from prober.fabric.kubernetes.installation.bundle import every_part, everything
from prober.fabric.kubernetes.installation.kinds import kinds
from prober.fabric.kubernetes.installation.names import COORDINATOR, NAME, OPERATOR, Choices
from prober.fabric.kubernetes.installation.put import apply_all, delete_all, key
from prober.fabric.kubernetes.installation.roles import Manifest, binding_name
from prober.fabric.kubernetes.installation.runs import every_run, run_manifests
from prober.fabric.kubernetes.labels import AGENT as AGENT_LABEL, AGENT_NAME, INSTALLED, PART_OF
from prober.fabric.kubernetes.probe_pods.startup import StartupState, startup_of
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
    scenarios, and for the operator. A namespace that exists and is not prober's is left as it is.
    Raises `FabricError` that says what keeps the agents from being ready, within so many seconds.
    """
    wanted = everything(choices)
    theirs = await _of_others(api, choices)
    await apply_all(api, _without(wanted, theirs))
    kept = {key(item) for item in wanted}
    await delete_all(api, [entry for entry in every_part(choices) if key(entry) not in kept])
    await _unbind(api, choices, but=() if choices.enters_pods else choices.probe_pods_in)
    ready = await _until_ready(api, choices.namespace, seconds)
    if choices.operator:
        await _until_operating(api, choices.runs_namespace, seconds)
    return ready


async def start(api: Api, choices: Choices, scenarios: Mapping[str, str], schedule: str) -> None:
    """Run scenarios (text by file name) in the cluster, in the place of those that were: now, or at
    the times of a cron schedule. Raises `ApiError`."""
    wanted = run_manifests(choices, scenarios, schedule)
    # A Job can only be made anew: its pod's template cannot be changed, and what has run does not
    # run again.
    kept = {key(item) for item in wanted if item["kind"] != "Job"}
    await delete_all(api, [entry for entry in every_run(choices) if key(entry) not in kept])
    await apply_all(api, wanted)


@dataclass(frozen=True, slots=True)
class Left:
    """What an uninstallation leaves."""

    namespaces: Sequence[str]
    """They are not prober's."""
    scenarios: int
    """Scenario objects, with which the kind stays: they are their authors'."""


async def uninstall(api: Api, choices: Choices, seconds: float) -> Left:
    """Delete everything, and wait until it is gone; what stays.

    Raises `FabricError` when it is not gone within so many seconds.
    """
    choices = replace(choices, operator=True)
    theirs = await _of_others(api, choices)
    await _unbind(api, choices)
    await delete_all(api, [*every_run(choices), *_without(every_part(choices)[::-1], theirs)])
    try:
        async with asyncio.timeout(seconds):
            while left := await _left(api, choices, theirs):  # noqa: ASYNC110 - it happens there
                await asyncio.sleep(_PAUSE)
    except TimeoutError as error:
        raise FabricError(
            f"namespace {left} was not gone after {seconds:.0f} s",
            hint=f"kubectl get namespace {left} -o yaml says what it waits for",
        ) from error
    return Left(theirs, await _delete_kinds(api))


async def _delete_kinds(api: Api) -> int:
    """Take away the kinds, unless there are Scenarios; how many there are."""
    try:
        scenarios = await api.list_all(SCENARIOS, KubernetesObject, metadata_only=True)
    except ApiError as error:
        if error.status != 404:
            raise
        return 0
    if not scenarios:
        await delete_all(api, kinds())
    return len(scenarios)


async def _unbind(api: Api, choices: Choices, but: Collection[str] = ()) -> None:
    """Take away the right to make probe pods in single namespaces, but in these."""
    accounts = (COORDINATOR, OPERATOR) if choices.operator else (COORDINATOR,)
    names = [binding_name(Purpose.PROBE_PODS, account) for account in accounts]
    selector = f"{PART_OF}={INSTALLED[PART_OF]}"
    for labelled in await api.list_all(ROLE_BINDINGS, KubernetesObject, selector=selector):
        binding = labelled.metadata
        if binding.name in names and binding.uid and binding.namespace not in but:
            space, name = binding.namespace or "", binding.name or ""
            await api.delete(ROLE_BINDINGS, space, name, uid=binding.uid)


def _without(manifests: Iterable[Manifest], namespaces: Collection[str]) -> list[Manifest]:
    """The manifests but for those of these namespaces themselves."""
    return [
        manifest
        for manifest in manifests
        if manifest["kind"] != "Namespace" or manifest["metadata"]["name"] not in namespaces
    ]


async def _until_ready(api: Api, namespace: str, seconds: float) -> int:
    started = time.monotonic()
    while (passed := time.monotonic() - started) < seconds:
        daemon_set = await api.get(DAEMON_SETS, DaemonSet, namespace, AGENT_NAME)
        status = daemon_set.status or DaemonSetStatus()
        if _is_ready(daemon_set, status):
            return status.number_ready
        if passed > _PATIENCE and any(
            startup_of(pod).state is StartupState.FAILED and not pod.metadata.deletion_timestamp
            for pod in await _agents(api, namespace)
        ):
            break
        await asyncio.sleep(_PAUSE)
    raise await _not_ready(api, namespace, passed)


async def _until_operating(api: Api, namespace: str, seconds: float) -> None:
    """Wait until a replica of the operator is there for the whole of its rollout."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        deployment = await api.get(DEPLOYMENTS, dict[str, Any], namespace, OPERATOR)
        status, generation = (
            deployment.get("status", {}),
            deployment["metadata"].get("generation", 0),
        )
        wanted = deployment.get("spec", {}).get("replicas", 1)
        counts = (status.get("updatedReplicas"), status.get("availableReplicas"))
        if status.get("observedGeneration", 0) >= generation and counts == (wanted, wanted):
            return
        await asyncio.sleep(_PAUSE)
    raise FabricError(
        f"the operator was not ready after {seconds:.0f} s",
        hint=(
            f"kubectl describe pods -n {namespace} -l {NAME}={OPERATOR}; "
            f"kubectl logs deployment/{OPERATOR} -n {namespace}"
        ),
    )


def _is_ready(daemon_set: DaemonSet, status: DaemonSetStatus) -> bool:
    """Every node that the DaemonSet is for has a ready agent of this generation; there is at least
    one."""
    if status.observed_generation < (daemon_set.metadata.generation or 0):
        return False
    wanted = status.desired_number_scheduled
    return 0 < wanted == status.number_ready == status.updated_number_scheduled


async def _not_ready(api: Api, namespace: str, seconds: float) -> FabricError:
    """What is wrong with the first agent that is not ready."""
    pods = await _agents(api, namespace)
    for pod in pods:
        startup = startup_of(pod)
        if startup.message:
            node = pod.spec.node_name if pod.spec else ""
            return FabricError(
                f"the agent on node {node} is not ready: {startup.message}", hint=startup.hint
            )
    what = "not every agent was ready" if pods else "no agent's pod could be made"
    return FabricError(
        f"{what} after {seconds:.0f} s",
        hint=(
            f"kubectl describe daemonset {AGENT_NAME} -n {namespace}; "
            f"kubectl logs daemonset/{AGENT_NAME} -n {namespace}"
        ),
    )


async def _agents(api: Api, namespace: str) -> list[Pod]:
    return await api.list_all(PODS, Pod, namespace=namespace, selector=f"{AGENT_LABEL}=true")


async def _left(api: Api, choices: Choices, theirs: Collection[str]) -> str:
    """A namespace that something of prober's is still in: one of its own, or that of the agents."""
    for space in _spaces(choices):
        if space not in theirs and await _labels(api, space) is not None:
            return space
    left = choices.namespace in theirs and await _agents(api, choices.namespace)
    return choices.namespace if left else ""


async def _of_others(api: Api, choices: Choices) -> Sequence[str]:
    """The namespaces that are there already and are not prober's."""
    labels = {space: await _labels(api, space) for space in _spaces(choices)}
    return [
        space
        for space, there in labels.items()
        if there is not None and there.get(PART_OF) != INSTALLED[PART_OF]
    ]


def _spaces(choices: Choices) -> Sequence[str]:
    return (choices.namespace, choices.runs_namespace)


async def _labels(api: Api, namespace: str) -> Mapping[str, Any] | None:
    """The namespace's labels; None when there is none."""
    try:
        namespace_object = await api.get(NAMESPACES, KubernetesObject, "", namespace)
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    return namespace_object.metadata.labels or {}
