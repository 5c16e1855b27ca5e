"""The namespace for probes from nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import NAMESPACES
from prober.fabric.kubernetes.labels import INSTALLED
from prober.model.errors import FabricError
from prober.model.snapshot import Snapshot

_LEVEL = "pod-security.kubernetes.io/"
_MODES = ("enforce", "audit", "warn")
_FORBIDDEN, _CONFLICT = 403, 409


def namespace(name: str, level: str = "privileged") -> Mapping[str, Any]:
    """A namespace of prober's own, with the Pod Security Standard that its pods meet.

    Agents, and probe pods for nodes, are on the host network, which only `privileged` admits; runs
    meet the `restricted` one.
    """
    levels = {f"{_LEVEL}{mode}": level for mode in _MODES}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {**INSTALLED, **levels}},
    }


async def ensure_probe_namespace(api: Api, snapshot: Snapshot, name: str) -> None:
    """Create the namespace when it is missing. It stays: another run may be using it by the time
    that this one ends.

    Raises `FabricError` that says what to do when it may not be created.
    """
    if name in snapshot.namespaces:
        return
    body = namespace(name)
    try:
        await api.create(NAMESPACES, body)
    except ApiError as error:
        # Since the snapshot was read somebody has created it: the probe of another node, an earlier
        # round of this run, or another run. It is used as one that was there before.
        if error.status == _CONFLICT:
            return
        if error.status != _FORBIDDEN:
            raise
        labels = " ".join(f"{key}={value}" for key, value in body["metadata"]["labels"].items())
        raise FabricError(
            (
                f"nodes are probed from namespace {name}, which does not exist, and may not be "
                f"created: {error}"
            ),
            hint=f"have it created: kubectl create namespace {name} && kubectl label namespace "
            f"{name} {labels}; "
            "or name another one with --probe-namespace",
        ) from error
