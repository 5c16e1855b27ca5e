"""How far a probe pod is, and why it will not get further. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from prober.fabric.kubernetes.reading.objects import Pod, PodStatus
from prober.manifest.decoding.wire import Condition, ContainerState, ContainerStatus, StateDetail

_IMAGE = frozenset(
    (
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
    )
)
_CONTAINER = frozenset(
    ("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff")
)
_EVICTIONS = frozenset(("Evicted", "Preempting", "Terminated", "NodeShutdown", "NodeLost"))

_LOOK_AT_NODE = "look at the node's conditions (kubectl describe node), then run again"


class Standing(Enum):
    """How far a pod is."""

    WAITING = "waiting"
    """It may start yet."""
    STUCK = "stuck"
    """It may start yet, and probably will not: nobody waits long for it."""
    STARTED = "started"
    """Its log can be read."""
    FAILED = "failed"
    """It cannot start, or was ended by others."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How far, and in words for a person."""

    standing: Standing
    message: str = ""
    hint: str = ""


def stage_of(pod: Pod) -> Stage:
    """The stage of a probe pod."""
    status = pod.status or PodStatus()
    where = f"kubectl describe pod {pod.metadata.name} -n {pod.metadata.namespace}"
    if status.phase == "Failed" and (failed := _ended_by_others(status)):
        return failed
    # Before what became of its container: whoever ends a pod ends that, too.
    if pod.metadata.deletion_timestamp:
        return _deleted(pod, status)
    container = next(iter(status.container_statuses or ()), None)
    state = (container.state if container else None) or ContainerState()
    if state.terminated is not None:
        return _terminated(state.terminated)
    if state.running is not None or status.phase == "Succeeded":
        return Stage(Standing.STARTED)
    if status.phase == "Failed":
        return Stage(Standing.FAILED, f"the probe pod failed: {_said(status)}", where)
    if container is not None and state.waiting is not None and state.waiting.reason:
        return _waiting(container, state.waiting, where)
    return _unscheduled(status) or Stage(
        Standing.WAITING, "the probe pod's node has not started it", where
    )


def gone(namespace: str, pod: str) -> Stage:
    """The stage of a pod that is not there any more."""
    return Stage(
        Standing.FAILED,
        f"pod {pod} is gone: it was deleted or evicted, or its node was",
        (
            f"kubectl get events -n {namespace} --field-selector involvedObject.name={pod} says "
            "which; then run again"
        ),
    )


def replaced(pod: Pod) -> Stage:
    """The stage of a probe pod whose name another pod has."""
    return Stage(
        Standing.FAILED,
        f"pod {pod.metadata.name} is not the one that was made: somebody made another in its place",
        f"see who may make pods in {pod.metadata.namespace}; what it says counts for nothing",
    )


def stage_of_ephemeral(pod: Pod, name: str) -> Stage:
    """The stage of an ephemeral container in a pod that has a life of its own."""
    status = pod.status or PodStatus()
    where = f"kubectl describe pod {pod.metadata.name} -n {pod.metadata.namespace}"
    container = next(
        (one for one in status.ephemeral_container_statuses or () if one.name == name), None
    )
    state = (container.state if container else None) or ContainerState()
    ended = Stage(
        Standing.FAILED, f"pod {pod.metadata.name} ended while it was probed from", "run again"
    )
    if pod.metadata.deletion_timestamp:
        return ended
    if state.terminated is not None:
        return _terminated(state.terminated)
    if status.phase in ("Failed", "Succeeded"):
        return ended
    if state.running is not None:
        return Stage(Standing.STARTED)
    if container is not None and state.waiting is not None and state.waiting.reason:
        return _waiting(container, state.waiting, where)
    return Stage(Standing.WAITING, "the pod's node has not started the ephemeral container", where)


def _deleted(pod: Pod, status: PodStatus) -> Stage:
    """The condition is there when Kubernetes itself did it: an eviction, a preemption, a node that
    is gone."""
    cause = next((one for one in status.conditions or () if one.type == "DisruptionTarget"), None)
    if cause is None:
        return Stage(Standing.FAILED, f"someone deleted probe pod {pod.metadata.name}", "run again")
    return Stage(
        Standing.FAILED,
        (
            f"probe pod {pod.metadata.name} was taken off its node ({cause.reason}): "
            f"{cause.message or 'no reason given'}"
        ),
        _LOOK_AT_NODE,
    )


def _ended_by_others(status: PodStatus) -> Stage | None:
    reason = status.reason or ""
    if reason == "DeadlineExceeded":
        return Stage(
            Standing.FAILED,
            "the probe pod's deadline passed before its probes had ended",
            "the node or the image registry is slow: run again, or raise the start timeout",
        )
    if reason in _EVICTIONS:
        return Stage(
            Standing.FAILED,
            (
                f"the probe pod was taken off its node ({reason}): "
                f"{status.message or 'no reason given'}"
            ),
            _LOOK_AT_NODE,
        )
    if reason.startswith(("OutOf", "Unexpected", "Node", "TopologyAffinity")):
        return Stage(
            Standing.FAILED,
            (
                f"the node does not admit the probe pod ({reason}): "
                f"{status.message or 'no reason given'}"
            ),
            "free some room on the node, then run again",
        )
    return None


def _terminated(detail: StateDetail) -> Stage:
    if detail.reason == "OOMKilled":
        return Stage(
            Standing.FAILED, "the probe ran out of memory", "raise the memory limit of probe pods"
        )
    if detail.reason in ("StartError", "ContainerCannotRun"):
        return Stage(
            Standing.FAILED,
            f"the agent cannot be started: {detail.message or detail.reason}",
            "--image must name an image of prober's agent, of this release",
        )
    # What it wrote before it ended is in its log, and says more than an exit code.
    return Stage(Standing.STARTED)


def _waiting(container: ContainerStatus, detail: StateDetail, where: str) -> Stage:
    reason, said = detail.reason or "", (detail.message or "").strip()
    if reason in _IMAGE:
        return Stage(
            Standing.FAILED,
            (
                f"the agent's image {container.image} cannot be pulled "
                f"({reason}){': ' + said if said else ''}"
            ),
            "check --image, the node's way to the registry, and the pull secret",
        )
    if reason in _CONTAINER and "root" in said:
        return Stage(
            Standing.FAILED,
            f"the image {container.image} would run as root, which probe pods must not: {said}",
            "--image must name an image of prober's agent, which has a user of its own",
        )
    if reason in _CONTAINER:
        return Stage(
            Standing.FAILED, f"the probe's container cannot be created ({reason}): {said}", where
        )
    return Stage(
        Standing.WAITING,
        f"the probe's container is still at {reason}{': ' + said if said else ''}",
        where,
    )


def _unscheduled(status: PodStatus) -> Stage | None:
    condition = next(
        (one for one in status.conditions or () if one.type == "PodScheduled"), Condition()
    )
    if condition.status == "False" and condition.reason == "Unschedulable":
        return Stage(
            Standing.STUCK,
            f"the probe pod fits no place on its node: {condition.message}",
            "free some room on the node, or lower the resources of probe pods",
        )
    return None


def _said(status: PodStatus) -> str:
    return ": ".join(part for part in (status.reason, status.message) if part) or "no reason given"
