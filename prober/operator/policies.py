"""The policies of the cluster, as one word for each set of namespaces that changes when one of them
does.

The lists are of metadata only, from what the API server has in memory, again and again: a watch
would save a few and has more ways to end early, and a list that fails is simply made again. Kinds
that the cluster does not serve are asked for again now and then only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from prober.fabric.kubernetes.client import (
    NETWORK_POLICIES,
    Api,
    ApiError,
    KubernetesObject,
    Resource,
)
from prober.model.languages import KINDS

_NOTHING: tuple[str, str, str, str, int] = ("", "", "", "", 0)
"""Tells a cluster without policies from one that nobody has looked at."""
_ABSENT = (403, 404)
_FORGET = 60
"""Looks after which a kind that was not served is asked for again."""
Fingerprint = tuple[str, str, str, str, int]
"""Plural, namespace (empty: of the cluster), name, uid and generation of one policy."""


Seen = tuple[Fingerprint, ...]


def hash_of(seen: Seen, namespaces: Iterable[str]) -> str:
    """A word for the policies of these namespaces and of the cluster; empty for those of nobody who
    has looked yet. PURE."""
    if not seen:
        return ""
    wanted = {"", *namespaces}
    digest = hashlib.sha256(repr([policy for policy in seen if policy[1] in wanted]).encode())
    return digest.hexdigest()[:16]


class PolicyWatch:
    """Looks at the policies of one cluster."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._absent: dict[str, int] = {}

    async def look(self) -> Seen:
        """All of them. Raises `ApiError` when the API server does not answer."""
        seen: list[Fingerprint] = [_NOTHING]
        for resource in _resources():
            seen += [_fingerprint(resource, item) for item in await self._list(resource)]
        return tuple(sorted(seen))

    async def _list(self, resource: Resource) -> Sequence[KubernetesObject]:
        key = f"{resource.api_version}/{resource.plural}"
        if self._absent.get(key, 0) > 0:
            self._absent[key] -= 1
            return ()
        try:
            return await self._api.list_all(
                resource, KubernetesObject, cached=True, metadata_only=True
            )
        except ApiError as error:
            if error.status not in _ABSENT:
                raise
            self._absent[key] = _FORGET
            return ()


def _resources() -> list[Resource]:
    """Of every policy that decides anything, as it is served first."""
    others = [
        Resource(kind.versions[0], kind.plural, kind.kind, namespaced=kind.namespaced)
        for kind in KINDS
        if not kind.left_out
    ]
    return [NETWORK_POLICIES, *others]


def _fingerprint(resource: Resource, item: KubernetesObject) -> Fingerprint:
    metadata = item.metadata
    return (
        resource.plural,
        metadata.namespace or "",
        metadata.name or "",
        metadata.uid or "",
        metadata.generation or 0,
    )
