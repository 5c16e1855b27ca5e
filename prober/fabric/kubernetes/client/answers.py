"""What an API server answers, as far as it can be believed: not too much, JSON of the type, the
objects asked for.

Whoever can stand in for an API server (a kubeconfig from somewhere, a proxy, an aggregated API) can
answer anything. Everything that comes back goes through here, so a wrong answer is one sentence for
a person, takes bounded memory, and never becomes half a snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from prober.fabric.kubernetes.client.names import LABEL, shown
from prober.fabric.kubernetes.client.objects import KubernetesObject
from prober.fabric.kubernetes.client.refusals import ApiError, Call
from prober.fabric.kubernetes.client.resources import Resource
from prober.manifest import wire
from prober.model.bounds import plain
from prober.model.decoding import UNREADABLE

if TYPE_CHECKING:
    from aiohttp import ClientResponse

T = TypeVar("T")
MEBIBYTE = 1 << 20
LARGEST_OBJECT = 16 * MEBIBYTE
"""Bytes of one object. etcd keeps 1.5 MiB."""
LARGEST_PAGE = 256 * MEBIBYTE
"""Bytes of one page of a list: 500 objects of half a MiB. What an API server has in memory it lists
without pages."""
LARGEST_REFUSAL = MEBIBYTE // 16
_OK = 200
_CHUNK = 65_536


class WrongAnswerError(ApiError):
    """The API server answered what no API server answers."""

    def __init__(self, made: Call, what: str) -> None:
        super().__init__(
            f"the API server's answer to `{made}` cannot be used: {what}",
            status=_OK,
            hint="see that the kubeconfig names the right server: kubectl cluster-info",
        )


async def read_body(response: ClientResponse, made: Call, most: int) -> bytes:
    """The body. Raises `WrongAnswerError` as soon as it is longer than `most` bytes, unpacked."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > most:
            raise WrongAnswerError(made, f"it is longer than {most // MEBIBYTE or 1} MiB")
    return bytes(body)


def decoded(body: bytes, shape: type[T], made: Call) -> T:
    """The body as that type. Raises `WrongAnswerError` when it is not one."""
    try:
        return msgspec.json.decode(body, type=shape)
    except UNREADABLE as error:
        raise WrongAnswerError(made, plain(str(error), 200)) from error


def check_listed(items: Iterable[object], resource: Resource, namespace: str, made: Call) -> None:
    """Raise `WrongAnswerError` unless all of these are objects of the kind, in the namespace that
    was asked for."""
    for item in items:
        metadata = _metadata(item, made)
        if not resource.listed_names.allows(metadata.name):
            raise WrongAnswerError(
                made, f"{shown(metadata.name)} is not a name of a {resource.kind}"
            )
        space = metadata.namespace or ""
        placed = LABEL.allows(space) if space else not resource.namespaced
        if not placed or (space and resource.namespaced is False):
            raise WrongAnswerError(
                made, f"{resource.kind} {metadata.name} is in {shown(space)}, which is no namespace"
            )
        if namespace and space != namespace:
            raise WrongAnswerError(
                made, f"it has {resource.kind} {metadata.name} of namespace {space}"
            )


def check_named(item: object, namespace: str, name: str, made: Call) -> None:
    """Raise `WrongAnswerError` when this is another object than the one that was asked for."""
    metadata = _metadata(item, made)
    if metadata.name not in (None, name) or metadata.namespace not in (None, "", namespace):
        there = f"{metadata.namespace or ''}/{metadata.name}"
        raise WrongAnswerError(made, f"it is another object, {shown(there)}")


def _metadata(item: Any, made: Call) -> wire.ObjectMeta:
    if isinstance(item, wire.KubernetesObject):
        return item.metadata
    if isinstance(item, msgspec.Raw):
        return decoded(bytes(item), KubernetesObject, made).metadata
    try:
        return msgspec.convert(item, KubernetesObject).metadata
    except UNREADABLE as error:
        raise WrongAnswerError(made, plain(str(error), 200)) from error
