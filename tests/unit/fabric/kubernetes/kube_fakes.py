"""A cluster's API without a cluster: a client that answers from a script, and objects as the API
server writes them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.reading.objects import Pod
from prober.fabric.kubernetes.settings import Settings

SETTINGS = Settings("agent:1")


@dataclass
class Answer:
    """One response: a status, a body, and for a log the lines and what breaks it off."""

    status: int = 200
    body: Any = None
    lines: Sequence[bytes] = ()
    breaks: Exception | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> Answer:
        return self

    async def iter_any(self) -> AsyncIterator[bytes]:
        for line in self.lines:
            yield line + b"\n"
        if self.breaks:
            raise self.breaks

    async def read(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    async def __aenter__(self) -> Answer:
        return self

    async def __aexit__(self, *exc: object) -> None:
        pass

    def close(self) -> None:
        pass


@dataclass
class FakeClient:
    """Stands in for `kubernetes.aio.client.ApiClient`."""

    answer: Callable[[str, str], Answer | Exception]
    """From the method and the path with its query to what comes back."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)

    async def param_serialize(self, method: str, path: str, **rest: Any) -> tuple[Any, ...]:
        query = "&".join(f"{key}={value}" for key, value in rest.get("query_params") or ())
        return method, f"{path}?{query}" if query else path, {}, rest.get("body"), []

    async def call_api(self, method: str, url: str, headers: Any, body: Any, **_: Any) -> Any:
        self.calls.append((method, url))
        self.bodies.append(body)
        answer = self.answer(method, url)
        if isinstance(answer, Exception):
            raise answer
        return type("Response", (), {"response": answer})()

    async def close(self) -> None:
        pass


def api_of(answer: Callable[[str, str], Answer | Exception]) -> tuple[Api, FakeClient]:
    """An API whose every call `answer` answers."""
    client = FakeClient(answer)
    return Api(Connection(client, "test", "https://203.0.113.1"), SETTINGS), client


def script(*answers: Answer | Exception) -> Callable[[str, str], Answer | Exception]:
    """These answers, one after the other; the last one for ever."""
    left = list(answers)
    return lambda method, url: left.pop(0) if len(left) > 1 else left[0]


def status(code: int, message: str = "", reason: str = "") -> Answer:
    """A refusal, as the API server writes it."""
    return Answer(code, {"kind": "Status", "message": message, "reason": reason, "code": code})


def pod(**parts: Any) -> Pod:
    """A pod from plain data; `metadata`, `spec` and `status` are merged into a running pod's."""
    metadata = {
        "name": "web-0",
        "namespace": "shop",
        "labels": {"app": "web"},
        **parts.get("metadata", {}),
    }
    spec = {"nodeName": "n1", "containers": [{"name": "web"}], **parts.get("spec", {})}
    return msgspec.convert(
        {"metadata": metadata, "spec": spec, "status": parts.get("status", {})}, Pod
    )
