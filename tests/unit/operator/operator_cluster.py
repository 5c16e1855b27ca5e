"""An API server that keeps Scenarios and Leases, and answers as a real one: merges, versions,
refusals."""

from __future__ import annotations

import datetime
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.settings import Settings
from prober.model.check import Check, Endpoint, EndpointKind, Flow, Vantage, VantageKind
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction, Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, FabricInfo, Result, RunRecord, Verdict
from prober.operator.loop import Operator, Outcome as Told, Work
from prober.operator.objects import ScenarioObject
from prober.operator.serving import Pulse
from prober.scenario.spec import Scenario

NOW = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
SCENARIO: Mapping[str, Any] = {
    "apiVersion": "prober.dev/v1alpha1",
    "kind": "Scenario",
    "metadata": {"name": "shop", "namespace": "shop", "uid": "uid-shop", "generation": 1},
    "every": "1m",
    "checks": ["deploy/web -> tcp://svc/db:5432 = ok"],
}


@dataclass
class Reply:
    """One response."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> Reply:
        return self

    async def iter_chunked(self, _: int) -> Any:
        yield json.dumps(self.body).encode()

    async def __aenter__(self) -> Reply:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass


def merged(there: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(there) if isinstance(there, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


class ApiServer:
    """Keeps objects by their paths."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.down = False
        self.version = 0

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        self.version += 1
        metadata = {**body["metadata"], "resourceVersion": str(self.version)}
        self.objects[path] = {**body, "metadata": metadata}

    def api(self) -> Api:
        return Api(Connection(self, "test", "https://203.0.113.1"), Settings("agent:1", retries=1))

    async def param_serialize(self, method: str, path: str, **rest: Any) -> tuple[Any, ...]:
        return method, path, {}, rest.get("body"), []

    async def call_api(self, method: str, path: str, _: Any, body: Any, **__: Any) -> Any:
        self.calls.append((method, path))
        if self.down:
            raise TimeoutError
        return type("Response", (), {"response": self._answer(method, path, body)})()

    async def close(self) -> None:
        pass

    def _answer(self, method: str, path: str, body: Any) -> Reply:
        if method == "POST":
            name = f"{path}/{body['metadata']['name']}"
            if name in self.objects:
                return _refusal(409)
            self.put(name, body)
            return Reply(201, self.objects[name])
        target = path.removesuffix("/status")
        if method == "PATCH":
            return self._patch(target, body)
        if target in self.objects:
            return Reply(200, self.objects[target])
        kind = path.rpartition("/")[2]
        items = [body for key, body in self.objects.items() if f"/{kind}/" in key]
        known = ("scenarios", "networkpolicies")
        return Reply(200, {"items": items, "metadata": {}}) if kind in known else _refusal(404)

    def _patch(self, path: str, body: Mapping[str, Any]) -> Reply:
        there = self.objects.get(path)
        if there is None:
            return _refusal(404)
        wanted = body.get("metadata", {}).get("resourceVersion")
        if wanted and wanted != there["metadata"]["resourceVersion"]:
            return _refusal(409)
        self.put(path, merged(there, body))
        return Reply(200, self.objects[path])


async def _nothing(_: Sequence[ScenarioObject]) -> None:
    pass


def _refusal(code: int) -> Reply:
    return Reply(code, {"kind": "Status", "message": "no", "code": code})


@dataclass
class Held:
    """A Lease that is held, or is not."""

    held: bool = True
    waiting: bool = False


@dataclass
class World:
    """A cluster, an operator in it, and what is told of it."""

    server: ApiServer = field(default_factory=ApiServer)
    lease: Held = field(default_factory=Held)
    now: datetime.datetime = NOW
    runs: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    outcomes: list[Told] = field(default_factory=list)
    result: Callable[[], RunRecord] = lambda: record(Result.PASS)
    beside: Callable[[Sequence[ScenarioObject]], Awaitable[None]] = field(
        default_factory=lambda: _nothing
    )

    def scenario(self, **parts: Any) -> None:
        """Put the Scenario, changed in these parts."""
        there = self.server.objects.get(PATH, SCENARIO)
        self.server.put(PATH, {**there, **parts})

    def meta(self, **parts: Any) -> None:
        there = self.server.objects[PATH]
        self.server.put(PATH, {**there, "metadata": {**there["metadata"], **parts}})

    def policy(self, name: str, space: str = "shop", generation: int = 1) -> None:
        metadata = {"name": name, "namespace": space, "uid": name, "generation": generation}
        path = f"/apis/networking.k8s.io/v1/namespaces/{space}/networkpolicies/{name}"
        self.server.put(path, {"metadata": metadata})

    def operator(self) -> Operator:
        return Operator(
            Work(
                api=self.server.api(),
                lease=self.lease,
                run=self._run,
                publish=self._publish,
                tell=self.told.append,
                pulse=Pulse(),
                beside=self.beside,
                now=lambda: self.now,
            )
        )

    async def _run(self, scenario: Scenario) -> RunRecord:
        self.runs.append(scenario.name)
        return self.result()

    async def _publish(self, outcome: Told) -> None:
        self.outcomes.append(outcome)

    @property
    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.server.objects[PATH].get("status", {})
        return found

    @property
    def ready(self) -> tuple[str, str]:
        """Status and reason of the condition."""
        (ready,) = (one for one in self.status["conditions"] if one["type"] == "Ready")
        return ready["status"], ready["reason"]


PATH = "/apis/prober.dev/v1alpha1/namespaces/shop/scenarios/shop"


def record(*results: Result, **fields: Any) -> RunRecord:
    """A run of as many checks with these results, on the same flow with another port each."""
    checks = [_check(5432 + number, result) for number, result in enumerate(results)]
    base = RunRecord(
        id="20260101T120000Z-0a1b2c",
        scenario="shop",
        fabric=FabricInfo("kubernetes", "in-cluster"),
        started="2026-01-01T12:00:00.000Z",
        duration_ms=900.0,
        checks=checks,
        version="0.1.0",
    )
    return replace(base, **fields)


def _check(port: int, result: Result) -> CheckRecord:
    source = Endpoint(EndpointKind.POD, "shop", "web-0")
    destination = Endpoint(EndpointKind.SERVICE, "data", "db")
    name = f"web → svc/db:{port}"
    check = Check(
        name,
        name,
        Vantage(VantageKind.POD, "shop", "web-0"),
        Flow(source, destination, "TCP", port),
        Probe(f"p-{port}", ProbeKind.TCP, "db", port),
    )
    verdict, outcome = _MEANS[result]
    return CheckRecord(
        check,
        Prediction(Ruling.ALLOWED, Ruling.ALLOWED, Ruling.ALLOWED, "nothing isolates it"),
        Observation(check.probe.id, outcome, 1.0),
        verdict,
        result,
    )


_MEANS = {
    Result.PASS: (Verdict.AS_PREDICTED, Outcome.OK),
    Result.FAIL: (Verdict.BLOCKED, Outcome.TIMEOUT),
    Result.INCONCLUSIVE: (Verdict.INCONCLUSIVE, Outcome.TIMEOUT),
}
