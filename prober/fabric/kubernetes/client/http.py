"""One call: sent, tried again while that may help, and its answer read as far as it may be long."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

import msgspec

from prober.fabric.kubernetes.client.answers import LARGEST_OBJECT, LARGEST_REFUSAL, read_body
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.client.objects import Status
from prober.fabric.kubernetes.client.refusals import ApiError, Call, refused, unreachable
from prober.fabric.kubernetes.settings import Settings
from prober.model.decoding import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientResponse, ClientWebSocketResponse

JSON = "application/json"
ANYTHING = "*/*"
_AT_ONCE = 16
"""Calls under way at the same time: enough to be quick, too few to hurt an API server."""
_FIRST_PAUSE = 0.25
"""Seconds before the second try; doubled for each further one."""
_LONGEST_PAUSE = 5.0
_EXEC_PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
_HEARTBEAT = 30.0
"""Seconds between two pings of a websocket, so that a connection that is dead is noticed."""
_LONGEST_MESSAGE = 4 << 20
"""Bytes of one message on a websocket. The kubelet's have 32 KiB."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent."""

    method: str
    path: str
    call: Call
    """The same in words."""
    query: Mapping[str, str] | None = None
    body: Any = None
    accept: str = JSON
    content: str = JSON


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call was answered with."""

    body: bytes
    date: str
    """When, by the server's clock, as HTTP writes it; empty when it does not say."""


class Http:
    """Requests over one connection. Everything raises `ApiError` when it fails for good."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.client.close()

    async def fetch(self, request: Request, most: int = LARGEST_OBJECT) -> Reply:
        """The answer, of no more than `most` bytes."""
        pause = _FIRST_PAUSE
        for attempt in range(1, self._settings.retries + 1):
            try:
                async with self._slots, self._translated():
                    return await self._once(request, most)
            except ApiError as error:
                if attempt == self._settings.retries or not error.may_pass:
                    raise
            # Jitter, so that calls that failed together do not come back together.
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - nothing secret
            pause = min(pause * 2, _LONGEST_PAUSE)
        raise AssertionError("retries must be at least 1")

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[ClientResponse]:
        """An answer that takes as long as it takes, such as a log that is followed."""
        async with self._translated():
            response = await self._send(request, stream=True)
            try:
                if response.status >= 400:
                    raise await _refusal(request.call, response)
                yield response
            finally:
                response.close()

    @asynccontextmanager
    async def websocket(
        self, made: Call, path: str, query: Iterable[tuple[str, str]]
    ) -> AsyncIterator[ClientWebSocketResponse]:
        """A websocket, as exec wants one; opened within the start timeout."""
        client = self._connection.client
        _, url, headers, _, _ = await client.param_serialize(
            "GET", path, query_params=list(query), header_params={}, auth_settings=["BearerToken"]
        )
        async with self._translated():
            async with asyncio.timeout(self._settings.start_timeout):
                websocket = await self._open(made, url, headers)
            async with websocket:
                yield websocket

    async def _once(self, request: Request, most: int) -> Reply:
        response = await self._send(request)
        async with response:
            if response.status >= 400:
                raise await _refusal(request.call, response)
            body = await read_body(response, request.call, most)
            return Reply(body, response.headers.get("Date", ""))

    async def _send(self, request: Request, *, stream: bool = False) -> ClientResponse:
        from aiohttp import ClientTimeout

        seconds = self._settings.request_timeout
        timeout = (
            ClientTimeout(total=None, sock_connect=seconds)
            if stream
            else ClientTimeout(total=seconds)
        )
        client = self._connection.client
        method, url, headers, payload, _ = await client.param_serialize(
            request.method,
            request.path,
            query_params=list((request.query or {}).items()),
            body=request.body,
            header_params={"Accept": request.accept, "Content-Type": request.content},
            auth_settings=["BearerToken"],
        )
        answer = await client.call_api(
            method, url, headers, payload, _request_timeout=timeout, _preload_content=False
        )
        response: ClientResponse = answer.response
        return response

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
                max_msg_size=_LONGEST_MESSAGE,
                proxy=rest.proxy,
                proxy_headers=rest.proxy_headers,
                server_hostname=rest.configuration.tls_server_name or None,
            )
        except WSServerHandshakeError as error:
            raise refused(
                made, error.status, "", f"{error.message} (the handshake says no more)"
            ) from error
        return opened

    def _translated(self) -> _Translated:
        return _Translated(self._connection)


async def _refusal(made: Call, response: ClientResponse) -> ApiError:
    body = await read_body(response, made, LARGEST_REFUSAL)
    try:
        status = msgspec.json.decode(body, type=Status)
    except UNREADABLE:
        status = Status(message=body[:200].decode("utf-8", "replace").strip())
    return refused(made, response.status, status.reason, status.message)


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
            timed_out = isinstance(error, TimeoutError)
            why = "no answer in time" if timed_out else str(error) or type(error).__name__
            raise unreachable(self._connection.server, self._connection.name, why) from error
