"""What of an event's message may be handed around. Pure.

Most messages are templates of Kubernetes' own components, filled with names. Some quote a program:
a probe's output, the command line that could not be started, whatever a controller of somebody's
writes. Those are left out, but for the words of the kubelet itself about a probe."""

from __future__ import annotations

import re

from prober.model.text.secrets import GONE, redact_text

_TEMPLATES = frozenset(
    (
        *("Scheduled", "FailedScheduling", "Preempted", "TaintManagerEviction", "NominatedNode"),
        *("Pulling", "Pulled", "Created", "Started", "Killing", "BackOff", "SandboxChanged"),
        *("FailedCreatePodSandBox", "FailedKillPod", "NetworkNotReady", "FailedMount"),
        *("FailedAttachVolume", "NodeReady", "NodeNotReady", "NodeNotSchedulable", "Rebooted"),
        *("NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID"),
        *("RegisteredNode", "RemovingNode", "SuccessfulCreate", "SuccessfulDelete"),
        *("ScalingReplicaSet", "FailedCreate", "FailedToUpdateEndpoint", "LeaderElection"),
        *("FailedToUpdateEndpointSlices", "FailedToCreateEndpoint", "AllocationFailed"),
        *("CIDRNotAvailable", "CIDRAssignmentFailed", "EnsuringLoadBalancer"),
        *("EnsuredLoadBalancer", "SyncLoadBalancerFailed", "Completed"),
    )
)
"""Reasons whose messages are made by the scheduler, the kubelet or a controller of Kubernetes
itself (`pkg/kubelet/events/event.go` and the controllers of the same repository)."""
_PROBE = re.compile(r"((Readiness|Liveness|Startup) )?probe (failed|errored|warning)")
_PROBE_SAID = re.compile(
    r"HTTP probe failed with statuscode: \d{3}|connect: [a-z ]{4,40}|i/o timeout|no route to host"
    r"|context deadline exceeded|command timed out|network is unreachable|EOF$"
)


def event_message(reason: str, message: str) -> str:
    """The message of an event with this reason, as far as its words are Kubernetes' own."""
    if reason in _TEMPLATES:
        return redact_text(message)
    probe = _PROBE.match(message) if reason in ("Unhealthy", "ProbeWarning") else None
    if probe is None:
        return GONE if message else ""
    if message == probe[0]:
        return message
    said = _PROBE_SAID.search(message)
    return f"{probe[0]}: {said[0] if said else GONE}"
