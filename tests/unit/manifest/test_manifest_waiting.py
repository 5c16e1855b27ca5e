"""Why a pod does not run, from what the API says about it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from prober.manifest.decoding import wire
from prober.manifest.decoding.decode_pod import decode_pod

SANDBOX = {"type": "PodReadyToStartContainers", "status": "False"}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    detail = {"reason": reason, **({"message": message} if message else {})}
    return {"phase": "Pending", "containerStatuses": [{"name": "c", "state": {"waiting": detail}}]}


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ({"phase": "Running", "podIP": "198.18.0.5"}, ""),
        ({"phase": "Succeeded"}, ""),
        (None, ""),
        (
            {"phase": "Failed", "reason": "Evicted", "message": "low on memory"},
            "it failed (Evicted: low on memory)",
        ),
        ({"phase": "Failed"}, "it failed (no reason given)"),
        (waiting("ErrImagePull", "no such\nimage"), "ErrImagePull: no such image"),
        (waiting("CrashLoopBackOff"), "CrashLoopBackOff"),
        (waiting("ContainerCreating"), "its containers wait: ContainerCreating"),
        (
            waiting("ContainerCreating") | {"conditions": [SANDBOX]},
            "its sandbox, and with it its network, is not made yet",
        ),
        ({"phase": "Pending"}, ""),
    ],
)
def test_a_pod_on_a_node(status: dict[str, Any] | None, why: str) -> None:
    assert _pod({"nodeName": "n1"}, status) == why


def test_a_pod_that_no_node_takes() -> None:
    said = {
        "type": "PodScheduled",
        "status": "False",
        "message": "0/2 nodes are available:\n 2 Insufficient cpu.",
    }
    status = {"phase": "Pending", "conditions": [said]}
    assert _pod({}, status) == "no node takes it: 0/2 nodes are available: 2 Insufficient cpu."


def _pod(spec: dict[str, Any], status: dict[str, Any] | None) -> str:
    whole = {
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": spec,
        **({"status": status} if status else {}),
    }
    return decode_pod(msgspec.convert(whole, wire.Pod)).waiting_reason
