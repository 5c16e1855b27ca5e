"""The few calls that are made to the API server, with bounded retries and raw JSON."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from prober.fabric.kubernetes.client.connection import Access, Connection, connect
from prober.fabric.kubernetes.client.refusals import ApiError, Call, call, refused, unreachable
from prober.fabric.kubernetes.client.resources import PODS, Resource
from prober.fabric.kubernetes.reading.objects import KubernetesObject, Status, Version
from prober.fabric.kubernetes.settings import Settings
from prober.manifest.decoding import wire

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientWebSocketResponse

T = TypeVar("T")
_AT_ONCE = 16
"""Calls under way at the same time: enough to be quick, too few to hurt an API server."""
_FIRST_PAUSE = 0.25
"""Seconds before the second try; doubled for each further one."""
_LONGEST_PAUSE = 5.0
_JSON = "application/json"
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_MERGE = "application/strategic-merge-patch+json"
_GONE = 410
_CONFLICT = 409
_APPLY = "application/apply-patch+yaml"
_JSON_PATCH = "application/json-patch+json"
_MANAGER = "prober"
_EXEC_PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
_HEARTBEAT = 30.0
"""Seconds between two pings of a websocket, so that a connection that is dead is noticed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call was answered with."""

    body: bytes
    date: str
    """When, by the server's clock, as HTTP writes it; empty when it does not say."""


class Api:
    """An open connection. Every method raises `ApiError` when the call fails for good."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self._slots = asyncio.Semaphore(_AT_ONCE)

    @classmethod
    async def open(cls, access: Access, settings: Settings) -> Api:
        """Load the credentials; raises `FabricError` when there are none."""
        return cls(await connect(access), settings)

    @property
    def name(self) -> str:
        """What people call the cluster: the context."""
        return self._connection.name

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

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._connection.client.close()

    async def version(self) -> str:
        """The server's version, as in `v1.34.4`."""
        body = await self._request("GET", "/version", Call("get", "/version"))
        return msgspec.json.decode(body, type=Version).git_version

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
        accept = _METADATA if metadata_only else _JSON
        made = call("list", resource, namespace)
        try:
            return await self._pages(resource.path(namespace), shape, made, query, accept)
        except ApiError as error:
            if error.status != _GONE:
                raise
            # The token of the next page was too old, as in a large and busy cluster: everything
            # once more.
            return await self._pages(resource.path(namespace), shape, made, query, accept)

    async def _pages(
        self, path: str, shape: type[T], made: Call, query: dict[str, str], accept: str
    ) -> list[T]:
        decoder = msgspec.json.Decoder(wire.List[shape])  # type: ignore[valid-type]  # the shape is a value here
        items: list[T] = []
        while True:
            page = decoder.decode(
                await self._request("GET", path, made, query=query, accept=accept)
            )
            items += page.items or []
            if not page.metadata.continue_:
                return items
            query = {key: value for key, value in query.items() if key != "resourceVersion"}
            query["continue"] = page.metadata.continue_

    async def get(self, resource: Resource, shape: type[T], namespace: str, name: str) -> T:
        """One object."""
        body = await self._request(
            "GET", resource.path(namespace, name), call("get", resource, namespace, name)
        )
        return msgspec.json.decode(body, type=shape)

    async def create(
        self,
        resource: Resource,
        body: Mapping[str, Any],
        namespace: str = "",
        *,
        dry_run: bool = False,
    ) -> KubernetesObject:
        """Create an object with a name of its own run. A repeated try that finds it there has
        succeeded before. With `dry_run` the server goes all the way, and keeps nothing."""
        made = call("create", resource, namespace)
        query = {"dryRun": "All"} if dry_run else None
        try:
            answer = await self._request(
                "POST", resource.path(namespace), made, query=query, body=body
            )
        except ApiError as error:
            if error.status != _CONFLICT:
                raise
            return await self.get(resource, KubernetesObject, namespace, body["metadata"]["name"])
        return msgspec.json.decode(answer, type=KubernetesObject)

    async def apply(self, resource: Resource, body: Mapping[str, Any], namespace: str = "") -> None:
        """Create an object, or make it what `body` says: server-side apply, which wins over other
        field managers."""
        path = resource.path(namespace, body["metadata"]["name"])
        query = {"fieldManager": _MANAGER, "force": "true"}
        await self._request(
            "PATCH",
            path,
            call("patch", resource, namespace),
            query=query,
            body=body,
            content=_APPLY,
        )

    async def delete(self, resource: Resource, namespace: str, name: str) -> None:
        """Delete an object and, in the background, all that it owns. It may be gone already."""
        body = {"propagationPolicy": "Background"}
        made = call("delete", resource, namespace, name)
        try:
            await self._request("DELETE", resource.path(namespace, name), made, body=body)
        except ApiError as error:
            if error.status != 404:
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
        made = call("patch", resource, namespace, name, subresource)
        await self._request(
            "PATCH", resource.path(namespace, name, subresource), made, body=body, content=_MERGE
        )

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
        body = await self._request(
            "PATCH",
            resource.path(namespace, name),
            call("patch", resource, namespace, name),
            query={"dryRun": "All"} if dry_run else None,
            body=list(patch),
            content=_JSON_PATCH,
        )
        decoded: dict[str, Any] = msgspec.json.decode(body)
        return decoded

    async def past_log(
        self, namespace: str, pod: str, container: str, *, since: str, lines: int, most: int
    ) -> str:
        """What a container has written since a time (RFC 3339): the last `lines` lines, no more
        than `most` bytes."""
        query = {
            "container": container,
            "sinceTime": since,
            "tailLines": str(lines),
            "limitBytes": str(most),
            "timestamps": "true",
        }
        made = call("get", PODS, namespace, pod, "log")
        body = await self._request(
            "GET", PODS.path(namespace, pod, "log"), made, query=query, accept="*/*"
        )
        return body.decode("utf-8", "replace")

    async def log(
        self, namespace: str, pod: str, container: str = ""
    ) -> AsyncGenerator[bytes, None]:
        """A container's log as it is written, in pieces as they come, until it ends; `container`
        may be left out where there is only one. Raises `ApiError` when cut off."""
        made = call("get", PODS, namespace, pod, "log")
        path = PODS.path(namespace, pod, "log")
        query = {"follow": "true"} | ({"container": container} if container else {})
        async with self._translated():
            response = await self._send("GET", path, query, None, "*/*", stream=True)
            try:
                if response.status >= 400:
                    raise await self._refusal(made, response)
                async for chunk in response.content.iter_any():
                    yield chunk
            finally:
                response.close()

    @asynccontextmanager
    async def exec(
        self, namespace: str, pod: str, container: str, command: Sequence[str]
    ) -> AsyncIterator[ClientWebSocketResponse]:
        """Run a command in a container, with its streams in the channels of one websocket (see
        `execute`)."""
        made = call("get", PODS, namespace, pod, "exec")
        query = [("container", container), *(("command", word) for word in command)]
        query += [(stream, "true") for stream in ("stdin", "stdout", "stderr")]
        client = self._connection.client
        path = PODS.path(namespace, pod, "exec")
        _, url, headers, _, _ = await client.param_serialize(
            "GET", path, query_params=query, header_params={}, auth_settings=["BearerToken"]
        )
        async with self._translated():
            async with asyncio.timeout(self._settings.start_timeout):
                websocket = await self._open(made, url, headers)
            async with websocket:
                yield websocket

    async def _open(
        self, made: Call, url: str, headers: Mapping[str, str]
    ) -> ClientWebSocketResponse:
        from aiohttp import WSServerHandshakeError

        rest = self._connection.client.rest_client
        rest.pool_manager = rest.pool_manager or rest._create_pool_manager()
        try:
            opened: ClientWebSocketResponse = await rest.pool_manager.ws_connect(
                url,
                headers=headers,
                protocols=_EXEC_PROTOCOLS,
                heartbeat=_HEARTBEAT,
                max_msg_size=0,
                proxy=rest.proxy,
                proxy_headers=rest.proxy_headers,
                server_hostname=rest.configuration.tls_server_name or None,
            )
        except WSServerHandshakeError as error:
            raise refused(
                made, error.status, "", f"{error.message} (the handshake says no more)"
            ) from error
        return opened

    async def _request(
        self,
        method: str,
        path: str,
        made: Call,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        accept: str = _JSON,
        content: str = _JSON,
    ) -> bytes:
        return (
            await self.exchange(
                method, path, made, query=query, body=body, accept=accept, content=content
            )
        ).body

    async def exchange(
        self,
        method: str,
        path: str,
        made: Call,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        accept: str = _JSON,
        content: str = _JSON,
    ) -> Reply:
        """One call, tried again while that may help."""
        pause = _FIRST_PAUSE
        for attempt in range(1, self._settings.retries + 1):
            try:
                async with self._slots, self._translated():
                    response = await self._send(method, path, query, body, accept, content)
                    async with response:
                        if response.status < 400:
                            return Reply(await response.read(), response.headers.get("Date", ""))
                        raise await self._refusal(made, response)
            except ApiError as error:
                if attempt == self._settings.retries or not error.may_pass:
                    raise
            # Jitter, so that calls that failed together do not come back together.
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - nothing secret
            pause = min(pause * 2, _LONGEST_PAUSE)
        raise AssertionError("retries must be at least 1")

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Any,
        accept: str,
        content: str = _JSON,
        *,
        stream: bool = False,
    ) -> ClientResponse:
        from aiohttp import ClientTimeout

        seconds = self._settings.request_timeout
        timeout = (
            ClientTimeout(total=None, sock_connect=seconds)
            if stream
            else ClientTimeout(total=seconds)
        )
        client = self._connection.client
        method, url, headers, payload, _ = await client.param_serialize(
            method,
            path,
            query_params=list((query or {}).items()),
            body=body,
            header_params={"Accept": accept, "Content-Type": content},
            auth_settings=["BearerToken"],
        )
        answer = await client.call_api(
            method, url, headers, payload, _request_timeout=timeout, _preload_content=False
        )
        response: ClientResponse = answer.response
        return response

    async def _refusal(self, made: Call, response: ClientResponse) -> ApiError:
        body = await response.read()
        try:
            status = msgspec.json.decode(body, type=Status)
        except msgspec.DecodeError:
            status = Status(message=body[:200].decode("utf-8", "replace").strip())
        return refused(made, response.status, status.reason, status.message)

    def _translated(self) -> _Translated:
        return _Translated(self._connection)


class _Translated:
    """The client's errors become `ApiError`: the one edge where they appear."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        from aiohttp import ClientError

        if isinstance(error, (ClientError, TimeoutError, OSError)):
            why = (
                "no answer in time"
                if isinstance(error, TimeoutError)
                else str(error) or type(error).__name__
            )
            raise unreachable(self._connection.server, self._connection.name, why) from error
