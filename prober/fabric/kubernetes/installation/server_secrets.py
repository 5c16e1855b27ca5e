"""PURE. A Secret that guards a port: what a pod that serves there has of it, and how it is asked
by a kubelet and by Prometheus. `prober.web.server_secret` reads it at the other end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.web.server_secret import CREDENTIALS

FOLDER = "/run/prober-metrics"
"""Where the Secret of a pod's metrics is mounted."""
AUTHORITY = "ca.crt"
"""The certificate by which Prometheus knows those that serve; prober does not read it."""
_VOLUME = "metrics"


def arguments(secret: str) -> list[str]:
    """Of the command that serves."""
    return ["--secret", FOLDER] if secret else []


def volumes(secret: str) -> list[dict[str, Any]]:
    """Of the pod; none without a Secret."""
    return [{"name": _VOLUME, "secret": {"secretName": secret}}] if secret else []


def mounts(secret: str) -> list[dict[str, Any]]:
    """Of the container."""
    return [{"name": _VOLUME, "mountPath": FOLDER, "readOnly": True}] if secret else []


def asked(path: str, port: str, *, tls: bool) -> dict[str, Any]:
    """A kubelet's probe of a path that needs no secret; it takes any certificate."""
    get = {"path": path, "port": port, **({"scheme": "HTTPS"} if tls else {})}
    return {"httpGet": get, "timeoutSeconds": 5}


def scraped(secret: str, name: str) -> Mapping[str, Any]:
    """What a PodMonitor says of its Secret, which is in the namespace of the pods: the token, and
    the authority; `name` is what the certificate is for, since pods are asked by address."""
    if not secret:
        return {}
    authority = {"secret": {"name": secret, "key": AUTHORITY}}
    return {
        "scheme": "https",
        "authorization": {"credentials": {"name": secret, "key": CREDENTIALS}},
        "tlsConfig": {"ca": authority, "serverName": name},
    }
