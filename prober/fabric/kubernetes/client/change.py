"""Changes of a cluster's objects: tried first, made only as they were tried.

The API server tries a change without keeping it (`dryRun=All`), admission and validation included.
The real patch tests the resourceVersion that was tried, so it fails when somebody changed the
object in between, and a repeated call cannot apply it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prober.fabric.kubernetes.client.answers import WrongAnswerError
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError, call
from prober.fabric.kubernetes.client.resources import (
    DAEMON_SETS,
    DEPLOYMENTS,
    NAMESPACES,
    NETWORK_POLICIES,
    PODS,
    SERVICES,
    STATEFUL_SETS,
    Resource,
)
from prober.model.errors import UsageError
from prober.model.languages import KINDS
from prober.model.objects import Ref
from prober.model.patches.jsonpatch import Operation

PATCHED = {
    **{
        resource.kind: resource
        for resource in (
            NETWORK_POLICIES,
            SERVICES,
            NAMESPACES,
            PODS,
            DEPLOYMENTS,
            STATEFUL_SETS,
            DAEMON_SETS,
        )
    },
    **{
        kind.name: Resource(kind.versions[0], kind.plural, kind.kind, namespaced=kind.namespaced)
        for kind in KINDS
        if kind.policy and not kind.left_out
    },
}
"""What prober patches: a fix of anything else is for a person with kubectl."""

_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change would do."""

    target: Ref
    patch: tuple[Operation, ...]
    """With the test that the object is still the one that was tried; empty for an object that comes
    or goes."""
    before: Mapping[str, Any] | None
    """None: the object is new."""
    after: Mapping[str, Any] | None
    """None: the object goes."""


async def current(api: Api, target: Ref) -> Mapping[str, Any]:
    """The object as it is. Raises `ApiError`, and `UsageError` for a kind that is never patched."""
    resource = PATCHED.get(target.kind)
    if resource is None:
        raise UsageError(
            f"prober does not patch a {target.kind}", hint="apply the emitted files with kubectl"
        )
    there: Mapping[str, Any] = await api.get(
        resource, dict[str, Any], target.namespace, target.name
    )
    if not isinstance(there.get("metadata", {}).get("resourceVersion"), str):
        made = call("get", resource, target.namespace, target.name)
        raise WrongAnswerError(made, "it has no resourceVersion, so no change of it can be tried")
    return there


async def known(api: Api, target: Ref) -> Mapping[str, Any] | None:
    """The same, or None where there is no such object."""
    try:
        return await current(api, target)
    except ApiError as error:
        if error.status != _NOT_FOUND:
            raise
        return None


async def attempt(
    api: Api, target: Ref, make: Callable[[Mapping[str, Any]], Sequence[Operation]]
) -> Trial | None:
    """Let the API server try the patch that `make` gives for the object as it is; None where that
    is none. Raises `ApiError` where the server would refuse it."""
    before = await current(api, target)
    patch = make(before)
    if not patch:
        return None
    same = {
        "op": "test",
        "path": "/metadata/resourceVersion",
        "value": before["metadata"]["resourceVersion"],
    }
    guarded = (same, *patch)
    after = await api.json_patch(
        PATCHED[target.kind], target.namespace, target.name, guarded, dry_run=True
    )
    return Trial(target, guarded, before, after)


async def attempt_creation(api: Api, target: Ref, manifest: Mapping[str, Any]) -> Trial:
    """Let the API server try to create the object. Raises `ApiError` where it would refuse to."""
    await api.create(PATCHED[target.kind], manifest, target.namespace, dry_run=True)
    return Trial(target, (), None, manifest)


async def carry_out(api: Api, trial: Trial) -> None:
    """Make the change that was tried."""
    resource, target = PATCHED[trial.target.kind], trial.target
    if trial.after is None:
        metadata = (trial.before or {}).get("metadata") or {}
        uid, version = metadata.get("uid") or "", metadata.get("resourceVersion") or ""
        await api.delete(resource, target.namespace, target.name, uid=uid, version=version)
    elif trial.before is None:
        await api.create(resource, trial.after, target.namespace)
    else:
        await api.json_patch(resource, target.namespace, target.name, trial.patch)
