"""Patches of a cluster's objects: tried first, applied only to what was tried.

The API server tries a patch without keeping it (`dryRun=All`), admission and validation included. The real one tests
the resourceVersion that was tried, so it fails when somebody changed the object in between, and a repeated call cannot
apply it twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prober.fabric.kubernetes.api import Api
from prober.fabric.kubernetes.resources import NAMESPACES, NETWORK_POLICIES, SERVICES
from prober.model.errors import UsageError
from prober.model.jsonpatch import Operation
from prober.model.objects import Ref

_RESOURCES = {resource.kind: resource for resource in (NETWORK_POLICIES, SERVICES, NAMESPACES)}
"""What prober patches: a fix of anything else is for a person with kubectl."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a patch would do."""

    target: Ref
    patch: tuple[Operation, ...]
    """With the test that the object is still the one that was tried."""
    before: Mapping[str, Any]
    after: Mapping[str, Any]


async def current(api: Api, target: Ref) -> Mapping[str, Any]:
    """The object as it is. Raises `ApiError`, and `UsageError` for a kind that is never patched."""
    resource = _RESOURCES.get(target.kind)
    if resource is None:
        raise UsageError(f"prober does not patch a {target.kind}", hint="apply the emitted files with kubectl")
    found: Mapping[str, Any] = await api.get(resource, dict[str, Any], target.namespace, target.name)
    return found


async def attempt(api: Api, target: Ref, patch: Sequence[Operation]) -> Trial:
    """Let the API server try the patch. Raises `ApiError` where it would refuse it."""
    before = await current(api, target)
    same = {"op": "test", "path": "/metadata/resourceVersion", "value": before["metadata"]["resourceVersion"]}
    guarded = (same, *patch)
    after = await api.json_patch(_RESOURCES[target.kind], target.namespace, target.name, guarded, dry_run=True)
    return Trial(target, guarded, before, after)


async def carry_out(api: Api, trial: Trial) -> None:
    """Apply what was tried."""
    await api.json_patch(_RESOURCES[trial.target.kind], trial.target.namespace, trial.target.name, trial.patch)
