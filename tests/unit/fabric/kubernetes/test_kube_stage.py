"""How far a probe pod is, and what a person is told when it gets no further."""

from __future__ import annotations

from typing import Any

import pytest
from kube_fakes import pod

from prober.fabric.kubernetes.probe_pods.startup import (
    StartupState,
    startup_of,
    startup_of_ephemeral,
)


def container(**state: Any) -> dict[str, Any]:
    return {"containerStatuses": [{"name": "probe", "image": "agent:1", "state": state}]}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"phase": "Pending", **container(waiting={"reason": reason, "message": message})}


def unschedulable(message: str) -> dict[str, Any]:
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": message,
    }
    return {"phase": "Pending", "conditions": [condition]}


@pytest.mark.parametrize(
    ("status", "state", "said"),
    [
        ({}, StartupState.WAITING, "node has not started it"),
        ({"phase": "Pending"}, StartupState.WAITING, "has not started it"),
        (waiting("ContainerCreating"), StartupState.WAITING, "still at ContainerCreating"),
        ({"phase": "Running", **container(running={})}, StartupState.STARTED, ""),
        ({"phase": "Succeeded", **container(terminated={"exitCode": 0})}, StartupState.STARTED, ""),
        (
            {"phase": "Failed", **container(terminated={"exitCode": 2, "reason": "Error"})},
            StartupState.STARTED,
            "",
        ),
        (
            waiting("ErrImagePull", "not found"),
            StartupState.FAILED,
            "image agent:1 cannot be pulled (ErrImagePull): not found",
        ),
        (waiting("ImagePullBackOff"), StartupState.FAILED, "cannot be pulled (ImagePullBackOff)"),
        (
            waiting("CreateContainerConfigError", "image will run as root"),
            StartupState.FAILED,
            "agent:1 would run as root",
        ),
        (
            waiting("CreateContainerError", "no space"),
            StartupState.FAILED,
            "cannot be created (CreateContainerError): no space",
        ),
        (
            unschedulable("0/2 nodes: Insufficient cpu"),
            StartupState.STUCK,
            "fits no place on its node: 0/2 nodes",
        ),
        (
            {"phase": "Failed", "reason": "Evicted", "message": "low on memory"},
            StartupState.FAILED,
            "(Evicted): low on memory",
        ),
        ({"phase": "Failed", "reason": "DeadlineExceeded"}, StartupState.FAILED, "deadline passed"),
        (
            {"phase": "Failed", "reason": "OutOfcpu", "message": "x"},
            StartupState.FAILED,
            "not admit the probe pod (OutOfcpu)",
        ),
        (
            {"phase": "Failed", **container(terminated={"reason": "OOMKilled"})},
            StartupState.FAILED,
            "ran out of memory",
        ),
        (
            {
                "phase": "Failed",
                **container(terminated={"reason": "StartError", "message": "no python3"}),
            },
            StartupState.FAILED,
            "the agent cannot be started: no python3",
        ),
    ],
)
def test_each_stage_has_its_sentence(
    status: dict[str, Any], state: StartupState, said: str
) -> None:
    startup = startup_of(pod(status=status))
    assert startup.state is state
    assert said in startup.message
    assert state is not StartupState.FAILED or startup.hint


def test_a_pod_that_someone_deletes_has_failed() -> None:
    startup = startup_of(
        pod(metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"}, status={"phase": "Running"})
    )
    assert startup.state is StartupState.FAILED
    assert "someone deleted" in startup.message


@pytest.mark.parametrize("state", [{"running": {}}, {"terminated": {"exitCode": 143}}])
def test_an_eviction_is_called_so(state: dict[str, Any]) -> None:
    disrupted = {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "EvictionByEvictionAPI",
        "message": "evicting",
    }
    status = {"phase": "Running", "conditions": [disrupted], **container(**state)}
    startup = startup_of(pod(metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"}, status=status))
    assert startup.state is StartupState.FAILED
    assert (
        startup.message
        == "probe pod web-0 was taken off its node (EvictionByEvictionAPI): evicting"
    )


def test_a_pod_that_goes_takes_its_ephemeral_container_along() -> None:
    ended = {"name": "prober-1", "state": {"terminated": {"exitCode": 143}}}
    status = {"phase": "Running", "ephemeralContainerStatuses": [ended]}
    assert startup_of_ephemeral(pod(status=status), "prober-1").state is StartupState.STARTED
    going = pod(metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"}, status=status)
    assert (
        startup_of_ephemeral(going, "prober-1").message
        == "pod web-0 ended while it was probed from"
    )
