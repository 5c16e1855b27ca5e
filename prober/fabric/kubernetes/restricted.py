"""PURE. What the restricted Pod Security Standard asks of a pod and of its containers, and nothing
more: everything that prober puts into a cluster meets it, but for agents that enter pods.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from typing import Any


def pod_security() -> dict[str, Any]:
    """The security context of a pod."""
    return {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def container_security() -> dict[str, Any]:
    """The security context of a container in such a pod, on a root that it cannot write."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
