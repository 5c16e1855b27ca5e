"""The ways in which a probe can be run as a pod. Pure."""

from __future__ import annotations

from enum import StrEnum


class Via(StrEnum):
    """What runs the probes of a vantage."""

    AUTO = "auto"
    """The agent on its node where there is one that can, else a probe pod."""
    POD = "pod"
    """A probe pod with its identity."""
    AGENT = "agent"
    """The agent on its node, which enters the pod's own network."""
    EPHEMERAL = "ephemeral"
    """An ephemeral container in the pod itself, which Kubernetes never takes away; nodes have probe
    pods."""
