"""The policies beside NetworkPolicy that a cluster has: only kinds whose API is served are listed.

What may not be read is not silently missing: it is among the objects that are left out, and every
prediction that it may change says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from prober.fabric.kubernetes.client.answers import decoded
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError, Call, call
from prober.fabric.kubernetes.client.resources import SERVICE_ACCOUNTS, Resource
from prober.manifest import decode_object, is_sound, wire
from prober.model.languages import KINDS, Language, LanguageKind, PolicyObject
from prober.model.languages.foreign import FOREIGN
from prober.model.objects import Ref
from prober.model.snapshot import LeftOut

_FORBIDDEN, _NOT_FOUND = 403, 404
UNREADABLE = "(all of them: they may not be read)"


class GroupVersion(wire.Wire):
    group_version: str = ""


class Group(wire.Wire):
    name: str = ""
    versions: list[GroupVersion] = msgspec.field(default_factory=list)


class Groups(wire.Wire):
    """What /apis says."""

    groups: list[Group] = msgspec.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Policies:
    """What was read."""

    objects: Sequence[PolicyObject] = ()
    left_out: Sequence[LeftOut] = ()
    sources: Mapping[Ref, Mapping[str, Any]] = field(default_factory=dict)
    service_accounts: Sequence[wire.ServiceAccount] = ()


async def read_policies(api: Api) -> Policies:
    """List the served kinds. Raises `ApiError` for everything but a missing kind or right."""
    served = await served_versions(api)
    kinds = [(kind, version) for kind in KINDS if (version := _best(kind, served))]
    foreign = [
        (Resource(versions[0], plural, kind, namespaced=None), versions[0])
        for group, members in FOREIGN.items()
        if (
            versions := [
                group_version
                for group_version in served
                if group_version.rpartition("/")[0] == group
            ]
        )
        for kind, plural in members.items()
    ]
    async with asyncio.TaskGroup() as group:
        listed = [group.create_task(_objects(api, kind, version)) for kind, version in kinds]
        named = [group.create_task(_names(api, resource)) for resource, _ in foreign]
    objects: list[PolicyObject] = []
    left_out: list[LeftOut] = []
    sources: dict[Ref, Mapping[str, Any]] = {}
    for (kind, version), task in zip(kinds, listed, strict=True):
        values = task.result()
        if values is None:
            left_out.append(LeftOut(version, kind.kind, "", UNREADABLE))
        for value in values or ():
            made = _object(kind, version, value)
            if isinstance(made, LeftOut):
                left_out.append(made)
            else:
                objects.append(made)
                sources[made.ref] = {"apiVersion": version, "kind": kind.kind, **value}
    for names in named:
        left_out += names.result()
    accounts = await _accounts(api, objects)
    return Policies(objects, sorted(left_out), sources, accounts)


async def served_versions(api: Api) -> Sequence[str]:
    """The group versions that the API server has, in its order; none where it does not say."""
    try:
        listed = await api.ask("GET", "/apis", Call("get", "/apis"), Groups)
    except ApiError as error:
        if error.status not in (_FORBIDDEN, _NOT_FOUND):
            raise
        return ()
    return [version.group_version for group in listed.groups for version in group.versions]


def _best(kind: LanguageKind, served: Sequence[str]) -> str:
    """Of Calico's two groups the one is the storage of the other: the first that is served."""
    return next((version for version in kind.versions if version in served), "")


async def _objects(
    api: Api, kind: LanguageKind, version: str
) -> Sequence[Mapping[str, Any]] | None:
    """The objects of a kind; None where they may not be read."""
    resource = resource_of(kind, version)
    try:
        items = await api.list_all(resource, msgspec.Raw)
    except ApiError as error:
        if error.status == _NOT_FOUND:
            return ()
        if error.status != _FORBIDDEN:
            raise
        return None
    return [decoded(bytes(raw), dict[str, Any], call("list", resource)) for raw in items]


def _object(kind: LanguageKind, version: str, value: Mapping[str, Any]) -> PolicyObject | LeftOut:
    """The object, or its name where it says what this version does not understand."""
    metadata = value.get("metadata") or {}
    namespace, name = (str(metadata.get(key) or "") for key in ("namespace", "name"))
    try:
        made = decode_object(kind, version, value)
    except (msgspec.ValidationError, ValueError):
        return LeftOut(version, kind.kind, namespace, name)
    return made if is_sound(kind, value) else LeftOut(version, kind.kind, namespace, name)


async def _names(api: Api, resource: Resource) -> Sequence[LeftOut]:
    """The names of a foreign kind's objects."""
    try:
        items = await api.list_all(resource, wire.KubernetesObject, metadata_only=True)
    except ApiError as error:
        if error.status == _NOT_FOUND:
            return ()
        if error.status != _FORBIDDEN:
            raise
        return (LeftOut(resource.api_version, resource.kind, "", UNREADABLE),)
    return [
        LeftOut(
            resource.api_version,
            resource.kind,
            item.metadata.namespace or "",
            item.metadata.name or "",
        )
        for item in items
    ]


async def _accounts(api: Api, objects: Sequence[PolicyObject]) -> Sequence[wire.ServiceAccount]:
    """Service accounts, where policies of Calico select by their labels."""
    if not any(
        policy.kind.language is Language.CALICO and policy.kind.policy for policy in objects
    ):
        return ()
    try:
        return await api.list_all(SERVICE_ACCOUNTS, wire.ServiceAccount)
    except ApiError as error:
        if error.status != _FORBIDDEN:
            raise
        return ()


def resource_of(kind: LanguageKind, version: str) -> Resource:
    """Where the API has a kind."""
    return Resource(version, kind.plural, kind.kind, namespaced=kind.namespaced)
