"""The few calls that are made to the API server.

Each is checked at both ends, in one place for all kinds: paths are made by `resources`, which lets
nothing through that is not a name; answers are read by `answers` and `pages`, which let nothing
through that is not what was asked for. And what is changed is known: `create` takes nothing for its
own that it did not make, `delete` can be bound to one object.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from prober.fabric.kubernetes.client.answers import LARGEST_PAGE, check_named, decoded
from prober.fabric.kubernetes.client.connection import Access, Connection, connect
from prober.fabric.kubernetes.client.http import ANYTHING, JSON, Http, Request
from prober.fabric.kubernetes.client.names import CONTAINER, require
from prober.fabric.kubernetes.client.objects import KubernetesObject, Version
from prober.fabric.kubernetes.client.pages import Pages
from prober.fabric.kubernetes.client.refusals import ApiError, Call, call
from prober.fabric.kubernetes.client.resources import PODS, Resource
from prober.fabric.kubernetes.settings import Settings
from prober.model.bounds import plain

if TYPE_CHECKING:
    from aiohttp import ClientWebSocketResponse

T = TypeVar("T")
CREATION = "prober.dev/creation"
"""The annotation by which `create` knows what it has made: a random word for each call."""
_METADATA = "application/json;as=PartialObjectMetadata{};g=meta.k8s.io;v=v1"
_MERGE = "application/strategic-merge-patch+json"
_APPLY = "application/apply-patch+yaml"
_PLAIN_MERGE = "application/merge-patch+json"
_JSON_PATCH = "application/json-patch+json"
_MANAGER = "prober"
_FORBIDDEN, _NOT_FOUND, _CONFLICT, _GONE = 403, 404, 409, 410


class Api:
    """An open connection. Every method raises `ApiError` when the call fails for good, and
    `FabricError` for what is no name."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self._http = Http(connection, settings)

    @classmethod
    async def open(cls, access: Access, settings: Settings) -> Api:
        """Load the credentials; raises `FabricError` when there are none."""
        return cls(await connect(access), settings)

    @property
    def name(self) -> str:
        """What people call the cluster: the context."""
        return self._connection.name

    @property
    def agents_namespace(self) -> str:
        """Where agents are, and nowhere else."""
        return self._settings.probe_namespace

    @property
    def in_cluster(self) -> bool:
        """Is it reached as one of its own pods."""
        return self._connection.in_cluster

    @property
    def server(self) -> str:
        """Where it is."""
        return self._connection.server

    async def __aenter__(self) -> Api:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._http.close()

    async def version(self) -> str:
        """The server's version, as in `v1.34.4`."""
        return (await self.version_and_date())[0]

    async def version_and_date(self) -> tuple[str, str]:
        """The server's version, and when that was by its clock, as HTTP writes it; empty when it
        does not say."""
        made = Call("get", "/version")
        reply = await self._http.fetch(Request("GET", "/version", made))
        return plain(decoded(reply.body, Version, made).git_version, 60), reply.date

    async def ask(self, method: str, path: str, made: Call, shape: type[T], body: Any = None) -> T:
        """A question to the API server that is about no object, at a path of its own."""
        reply = await self._http.fetch(Request(method, path, made, body=body))
        return decoded(reply.body, shape, made)

    async def list_all(
        self,
        resource: Resource,
        shape: type[T],
        *,
        namespace: str = "",
        selector: str = "",
        fields: str = "",
        cached: bool = False,
        metadata_only: bool = False,
    ) -> list[T]:
        """All objects of a kind that the selectors (of labels, of fields) select, page by page.
        `cached` reads what the API server has in memory: cheap, a little late; `metadata_only`
        leaves out everything else."""
        query = {"limit": str(self._settings.page_size)}
        query |= {"labelSelector": selector} if selector else {}
        query |= {"fieldSelector": fields} if fields else {}
        query |= {"resourceVersion": "0"} if cached else {}
        made = call("list", resource, namespace)
        accept = _METADATA.format("List") if metadata_only else JSON
        request = Request("GET", resource.collection_path(namespace), made, accept=accept)

        async def fetch(query: Mapping[str, str]) -> bytes:
            page = replace(request, query=query)
            return (await self._http.fetch(page, LARGEST_PAGE)).body

        try:
            return await Pages(resource, shape, namespace, made).read(fetch, query)
        except ApiError as error:
            if error.status != _GONE:
                raise
            # The token of the next page was too old, as in a large and busy cluster: everything
            # once more.
            return await Pages(resource, shape, namespace, made).read(fetch, query)

    async def get(
        self,
        resource: Resource,
        shape: type[T],
        namespace: str,
        name: str,
        *,
        metadata_only: bool = False,
    ) -> T:
        """One object; `metadata_only` leaves out everything else."""
        made = call("get", resource, namespace, name)
        accept = _METADATA.format("") if metadata_only else JSON
        request = Request("GET", resource.object_path(namespace, name), made, accept=accept)
        item = decoded((await self._http.fetch(request)).body, shape, made)
        check_named(item, namespace, name, made)
        return item

    async def create(
        self,
        resource: Resource,
        body: Mapping[str, Any],
        namespace: str = "",
        *,
        dry_run: bool = False,
    ) -> KubernetesObject:
        """Create an object. With `dry_run` the server goes all the way, and keeps nothing.

        What is there already under its name is somebody else's, whatever it looks like, and an
        error. The one exception is what this very call has made when its first try was answered by
        nobody; it is known by a word that nobody else could know before.
        """
        made = call("create", resource, namespace)
        word = secrets.token_hex(8)
        request = Request(
            "POST",
            resource.collection_path(namespace),
            made,
            query={"dryRun": "All"} if dry_run else None,
            body=body if dry_run else _annotated(body, CREATION, word),
        )
        try:
            reply = await self._http.fetch(request)
        except ApiError as error:
            if error.status != _CONFLICT or dry_run:
                raise
            return await self._made_before(
                resource, namespace, body["metadata"]["name"], word, error
            )
        return decoded(reply.body, KubernetesObject, made)

    async def _made_before(
        self, resource: Resource, namespace: str, name: str, word: str, conflict: ApiError
    ) -> KubernetesObject:
        """The object of the name, if the call with this word has made it; else raises."""
        try:
            there = await self.get(resource, KubernetesObject, namespace, name)
        except ApiError as error:
            if error.status not in (_FORBIDDEN, _NOT_FOUND):
                raise
            raise conflict from None
        if (there.metadata.annotations or {}).get(CREATION) == word:
            return there
        where = f" in namespace {namespace}" if namespace else ""
        raise ApiError(
            f"{resource.kind} {name} is there already{where}, and is not what this call has made",
            status=_CONFLICT,
            hint="look at it: kubectl get "
            f"{resource.plural} {name}{f' -n {namespace}' if namespace else ''} -o yaml",
        ) from conflict

    async def apply(self, resource: Resource, body: Mapping[str, Any], namespace: str = "") -> None:
        """Create an object, or make it what `body` says: server-side apply, which wins over other
        field managers."""
        await self._http.fetch(
            Request(
                "PATCH",
                resource.object_path(namespace, body["metadata"]["name"]),
                call("patch", resource, namespace),
                query={"fieldManager": _MANAGER, "force": "true"},
                body=body,
                content=_APPLY,
            )
        )

    async def delete(
        self, resource: Resource, namespace: str, name: str, *, uid: str = "", version: str = ""
    ) -> None:
        """Delete an object and, in the background, all that it owns. It may be gone already.

        With `uid`, or `version` (its resourceVersion), only the very object that has them. Raises
        `ApiError` with status 409 when another one has the name by now.
        """
        known = {"uid": uid, "resourceVersion": version}
        preconditions = {key: value for key, value in known.items() if value}
        body = {
            "propagationPolicy": "Background",
            **({"preconditions": preconditions} if preconditions else {}),
        }
        made = call("delete", resource, namespace, name)
        request = Request("DELETE", resource.object_path(namespace, name), made, body=body)
        try:
            await self._http.fetch(request)
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise

    async def patch(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        body: Mapping[str, Any],
        *,
        subresource: str = "",
    ) -> None:
        """Merge `body` into an object, its lists by their merge keys."""
        path = resource.object_path(namespace, name, subresource)
        made = call("patch", resource, namespace, name, subresource)
        await self._http.fetch(Request("PATCH", path, made, body=body, content=_MERGE))

    async def merge(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        body: Mapping[str, Any],
        *,
        subresource: str = "",
    ) -> KubernetesObject:
        """Merge `body` into an object, its lists as they are (RFC 7386): what objects of one's own
        kinds take. With a resourceVersion in its metadata only that version is changed; raises
        `ApiError` with status 409 when it is another by now."""
        path = resource.object_path(namespace, name, subresource)
        made = call("patch", resource, namespace, name, subresource)
        request = Request("PATCH", path, made, body=body, content=_PLAIN_MERGE)
        return decoded((await self._http.fetch(request)).body, KubernetesObject, made)

    async def json_patch(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        patch: Sequence[Mapping[str, Any]],
        *,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """The object after a JSON patch (RFC 6902). With `dry_run` the server goes all the way, and
        keeps nothing."""
        made = call("patch", resource, namespace, name)
        request = Request(
            "PATCH",
            resource.object_path(namespace, name),
            made,
            query={"dryRun": "All"} if dry_run else None,
            body=list(patch),
            content=_JSON_PATCH,
        )
        return decoded((await self._http.fetch(request)).body, dict[str, Any], made)

    async def past_log(
        self,
        namespace: str,
        pod: str,
        container: str,
        *,
        since: str,
        lines: int,
        most: int,
        previous: bool = False,
    ) -> str:
        """What a container has written since a time (RFC 3339): the last `lines` lines, no more
        than `most` bytes. `previous`: of the container before it was restarted."""
        query = {
            "container": require(CONTAINER, container, "container"),
            "sinceTime": since,
            "tailLines": str(lines),
            "limitBytes": str(most),
            "timestamps": "true",
            **({"previous": "true"} if previous else {}),
        }
        made = call("get", PODS, namespace, pod, "log")
        path = PODS.object_path(namespace, pod, "log")
        request = Request("GET", path, made, query=query, accept=ANYTHING)
        # The time stamps come on top of what is limited.
        reply = await self._http.fetch(request, 2 * most)
        return reply.body.decode("utf-8", "replace")

    async def log(
        self, namespace: str, pod: str, container: str = ""
    ) -> AsyncGenerator[bytes, None]:
        """A container's log as it is written, in pieces as they come, until it ends; `container`
        may be left out where there is only one. Raises `ApiError` when cut off."""
        made = call("get", PODS, namespace, pod, "log")
        path = PODS.object_path(namespace, pod, "log")
        query = {"follow": "true"} | ({"container": container} if container else {})
        request = Request("GET", path, made, query=query, accept=ANYTHING)
        async with self._http.stream(request) as response:
            async for chunk in response.content.iter_any():
                yield chunk

    @asynccontextmanager
    async def exec(
        self, namespace: str, pod: str, container: str, command: Sequence[str]
    ) -> AsyncIterator[ClientWebSocketResponse]:
        """Run a command in a container, with its streams in the channels of one websocket (see
        `execute`)."""
        made = call("get", PODS, namespace, pod, "exec")
        query = [("container", container), *(("command", word) for word in command)]
        query += [(stream, "true") for stream in ("stdin", "stdout", "stderr")]
        path = PODS.object_path(namespace, pod, "exec")
        async with self._http.websocket(made, path, query) as websocket:
            yield websocket


def _annotated(body: Mapping[str, Any], key: str, value: str) -> Mapping[str, Any]:
    metadata = body["metadata"]
    annotations = {**(metadata.get("annotations") or {}), key: value}
    return {**body, "metadata": {**metadata, "annotations": annotations}}
