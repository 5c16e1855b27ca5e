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


class StartupState(Enum):
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
class Startup:
    """How far, and in words for a person."""

    state: StartupState
    message: str = ""
    hint: str = ""


def startup_of(pod: Pod) -> Startup:
    """The startup of a probe pod."""
    status = pod.status or PodStatus()
    where = f"kubectl describe pod {pod.metadata.name} -n {pod.metadata.namespace}"
    # The kubelet and the controllers give no code for why a pod will not run, only words in
    # `reason`. The words here are those of pkg/kubelet (images, container and eviction managers)
    # and of the pod GC; one that is not known falls through to the message that comes with it.
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
        return Startup(StartupState.STARTED)
    if status.phase == "Failed":
        return Startup(StartupState.FAILED, f"the probe pod failed: {_said(status)}", where)
    if container is not None and state.waiting is not None and state.waiting.reason:
        return _waiting(container, state.waiting, where)
    return _unscheduled(status) or Startup(
        StartupState.WAITING, "the probe pod's node has not started it", where
    )


def gone(namespace: str, pod: str) -> Startup:
    """The startup of a pod that is not there any more."""
    return Startup(
        StartupState.FAILED,
        f"pod {pod} is gone: it was deleted or evicted, or its node was",
        (
            f"kubectl get events -n {namespace} --field-selector involvedObject.name={pod} says "
            "which; then run again"
        ),
    )


def replaced(pod: Pod) -> Startup:
    """The startup of a probe pod whose name another pod has."""
    return Startup(
        StartupState.FAILED,
        f"pod {pod.metadata.name} is not the one that was made: somebody made another in its place",
        f"see who may make pods in {pod.metadata.namespace}; what it says counts for nothing",
    )


def startup_of_ephemeral(pod: Pod, name: str) -> Startup:
    """The startup of an ephemeral container in a pod that has a life of its own."""
    status = pod.status or PodStatus()
    where = f"kubectl describe pod {pod.metadata.name} -n {pod.metadata.namespace}"
    container = next(
        (item for item in status.ephemeral_container_statuses or () if item.name == name), None
    )
    state = (container.state if container else None) or ContainerState()
    ended = Startup(
        StartupState.FAILED, f"pod {pod.metadata.name} ended while it was probed from", "run again"
    )
    if pod.metadata.deletion_timestamp:
        return ended
    if state.terminated is not None:
        return _terminated(state.terminated)
    if status.phase in ("Failed", "Succeeded"):
        return ended
    if state.running is not None:
        return Startup(StartupState.STARTED)
    if container is not None and state.waiting is not None and state.waiting.reason:
        return _waiting(container, state.waiting, where)
    return Startup(
        StartupState.WAITING, "the pod's node has not started the ephemeral container", where
    )


def _deleted(pod: Pod, status: PodStatus) -> Startup:
    """The condition is there when Kubernetes itself did it: an eviction, a preemption, a node that
    is gone."""
    cause = next(
        (
            condition
            for condition in status.conditions or ()
            if condition.type == "DisruptionTarget"
        ),
        None,
    )
    if cause is None:
        return Startup(
            StartupState.FAILED, f"someone deleted probe pod {pod.metadata.name}", "run again"
        )
    return Startup(
        StartupState.FAILED,
        (
            f"probe pod {pod.metadata.name} was taken off its node ({cause.reason}): "
            f"{cause.message or 'no reason given'}"
        ),
        _LOOK_AT_NODE,
    )


def _ended_by_others(status: PodStatus) -> Startup | None:
    reason = status.reason or ""
    if reason == "DeadlineExceeded":
        return Startup(
            StartupState.FAILED,
            "the probe pod's deadline passed before its probes had ended",
            "the node or the image registry is slow: run again, or raise the start timeout",
        )
    if reason in _EVICTIONS:
        return Startup(
            StartupState.FAILED,
            (
                f"the probe pod was taken off its node ({reason}): "
                f"{status.message or 'no reason given'}"
            ),
            _LOOK_AT_NODE,
        )
    if reason.startswith(("OutOf", "Unexpected", "Node", "TopologyAffinity")):
        return Startup(
            StartupState.FAILED,
            (
                f"the node does not admit the probe pod ({reason}): "
                f"{status.message or 'no reason given'}"
            ),
            "free some room on the node, then run again",
        )
    return None


def _terminated(detail: StateDetail) -> Startup:
    if detail.reason == "OOMKilled":
        return Startup(
            StartupState.FAILED,
            "the probe ran out of memory",
            "raise the memory limit of probe pods",
        )
    if detail.reason in ("StartError", "ContainerCannotRun"):
        return Startup(
            StartupState.FAILED,
            f"the agent cannot be started: {detail.message or detail.reason}",
            "--image must name an image of prober's agent, of this release",
        )
    # What it wrote before it ended is in its log, and says more than an exit code.
    return Startup(StartupState.STARTED)


def _waiting(container: ContainerStatus, detail: StateDetail, where: str) -> Startup:
    reason, said = detail.reason or "", (detail.message or "").strip()
    if reason in _IMAGE:
        return Startup(
            StartupState.FAILED,
            (
                f"the agent's image {container.image} cannot be pulled "
                f"({reason}){': ' + said if said else ''}"
            ),
            "check --image, the node's way to the registry, and the pull secret",
        )
    # runAsNonRoot is checked by the kubelet when the container is created, and reported as
    # CreateContainerConfigError with a sentence (verifyRunAsNonRoot in pkg/kubelet/kuberuntime). It
    # is the one of these errors that somebody's own image causes, so it has an answer of its own.
    if reason in _CONTAINER and "root" in said:
        return Startup(
            StartupState.FAILED,
            f"the image {container.image} would run as root, which probe pods must not: {said}",
            "--image must name an image of prober's agent, which has a user of its own",
        )
    if reason in _CONTAINER:
        return Startup(
            StartupState.FAILED,
            f"the probe's container cannot be created ({reason}): {said}",
            where,
        )
    return Startup(
        StartupState.WAITING,
        f"the probe's container is still at {reason}{': ' + said if said else ''}",
        where,
    )


def _unscheduled(status: PodStatus) -> Startup | None:
    condition = next(
        (item for item in status.conditions or () if item.type == "PodScheduled"), Condition()
    )
    # Stuck and not failed: the pod names its node, so the scheduler waits for room there, and room
    # may come.
    if condition.status == "False" and condition.reason == "Unschedulable":
        return Startup(
            StartupState.STUCK,
            f"the probe pod fits no place on its node: {condition.message}",
            "free some room on the node, or lower the resources of probe pods",
        )
    return None


def _said(status: PodStatus) -> str:
    return ": ".join(part for part in (status.reason, status.message) if part) or "no reason given"
