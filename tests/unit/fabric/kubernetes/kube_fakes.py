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

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        whole = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        for start in range(0, len(whole), size):
            yield whole[start : start + size]

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


DAEMON_SET = {"name": "prober-agent", "namespace": "prober", "uid": "uid-agents"}
RUN = "prober-0a1b2c3d-1"
"""A run of somebody else, whose objects `run_objects` has."""


def agent_pod(name: str = "prober-agent-x", node: str = "n1", **parts: Any) -> dict[str, Any]:
    """A pod of the agents' DaemonSet; `metadata`, `spec` and `status` are merged into it."""
    owner = {"kind": "DaemonSet", "name": "prober-agent", "uid": "uid-agents", "controller": True}
    metadata = {
        "name": name,
        "namespace": "prober",
        "labels": {"prober.dev/agent": "true"},
        "ownerReferences": [owner],
    }
    return {
        "metadata": {**metadata, **parts.get("metadata", {})},
        "spec": {"nodeName": node, "hostNetwork": True, **parts.get("spec", {})},
        "status": {
            "conditions": [{"type": "Ready", "status": "True"}],
            **parts.get("status", {}),
        },
    }


def run_metadata(name: str = RUN, namespace: str = "shop", **parts: Any) -> dict[str, Any]:
    """Of an object of the run."""
    return {
        "name": name,
        "namespace": namespace,
        "uid": f"uid-{name}",
        "labels": {"prober.dev/probe": "true"},
        "annotations": {
            "prober.dev/run": RUN,
            "prober.dev/coordinator": "elsewhere 1 1",
            "prober.dev/expires": "2020-01-01T00:00:00Z",
        },
        **parts,
    }


def probe_pod(**parts: Any) -> dict[str, Any]:
    """A probe pod of the run, whose time is over."""
    owner = {"kind": "ConfigMap", "name": RUN, "uid": f"uid-{RUN}", "controller": True}
    return {
        "metadata": {
            **run_metadata(f"{RUN}-0", ownerReferences=[owner]),
            **parts.get("metadata", {}),
        },
        "spec": {
            "containers": [{"name": "probe", "image": "agent:1"}],
            "nodeName": "n1",
            "readinessGates": [{"conditionType": "prober.dev/never-ready"}],
            "automountServiceAccountToken": False,
            "activeDeadlineSeconds": 60,
            **parts.get("spec", {}),
        },
        "status": {"phase": "Running", **parts.get("status", {})},
    }
