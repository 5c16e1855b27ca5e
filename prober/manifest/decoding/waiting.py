"""Why a pod does not run, in the cluster's own words. Pure.

Of what the API says about a pod, the most telling first: that it failed, that no node takes it,
that its image cannot be pulled or its container not made, that its sandbox (and with it its
network) is not there.
"""

from __future__ import annotations

from prober.manifest.decoding import wire

_STARTING = frozenset(("", "ContainerCreating", "PodInitializing"))
"""What a container waits for that nothing is wrong with yet."""


def waiting_reason_of(status: wire.PodStatus, *, scheduled: bool) -> str:
    """One sentence; empty where nothing is said."""
    if status.phase == "Failed":
        return f"it failed ({_said(status.reason, status.message) or 'no reason given'})"
    if not scheduled:
        condition = _condition(status, "PodScheduled")
        return _said("no node takes it", condition.message if condition else "")
    waiting = [
        status.state.waiting
        for status in status.container_statuses or ()
        if status.state and status.state.waiting
    ]
    wrong = next((detail for detail in waiting if (detail.reason or "") not in _STARTING), None)
    if wrong is not None:
        return _said(wrong.reason, wrong.message)
    sandbox = _condition(status, "PodReadyToStartContainers")
    if sandbox is not None and sandbox.status == "False" and status.phase == "Pending":
        return "its sandbox, and with it its network, is not made yet"
    return f"its containers wait: {waiting[0].reason}" if waiting and waiting[0].reason else ""


def _condition(status: wire.PodStatus, kind: str) -> wire.Condition | None:
    return next(
        (condition for condition in status.conditions or () if condition.type == kind), None
    )


def _said(what: str | None, message: str | None) -> str:
    """In one line: a scheduler's message has several."""
    return ": ".join(" ".join(part.split()) for part in (what, message) if part)
