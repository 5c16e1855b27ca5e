"""Probing from an ephemeral container in the real pod."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest
from kube_fakes import SETTINGS, Answer, FakeClient, status

from agent.wire import decode_plan, encode_end, encode_observation
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.client.streams import Item
from prober.fabric.kubernetes.probe_pods import logs
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.transports import ephemeral as module
from prober.fabric.kubernetes.transports.ephemeral import EphemeralTransport
from prober.model.check import Vantage, VantageKind
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Failure, Observed, Plan, Probe, ProbeKind
from prober.model.snapshot import Snapshot

WEB, DB = (Vantage(VantageKind.POD, "shop", name) for name in ("web-0", "db-0"))
NOTHING = Reading(Snapshot(), {})
RUNNING = {"running": {}}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0.0)
    monkeypatch.setattr(logs, "_PAUSE", 0.0)


class Pods:
    """Two pods that take ephemeral containers, and run what these are told."""

    def __init__(
        self, state: dict[str, Any], *, refused: Answer | None = None, of: str = "db-0"
    ) -> None:
        self.client = FakeClient(self.answer)
        self.containers: dict[str, list[dict[str, Any]]] = {}
        self._state, self._refused, self._of = state, refused, of

    def answer(self, method: str, url: str) -> Answer:
        name = url.split("/pods/")[1].split("/", maxsplit=1)[0].partition("?")[0]
        if method == "PATCH":
            if self._refused and name == self._of:
                return self._refused
            self.containers[name] = self.client.bodies[-1]["spec"]["ephemeralContainers"]
            return Answer(body={})
        (container,) = self.containers[name]
        if "/log" in url:
            assert f"container={container['name']}" in url
            plan = decode_plan(gzip.decompress(base64.b64decode(container["env"][0]["value"])))
            lines = [
                encode_observation(Observation(one.id, Outcome.OK), plan.nonce)
                for one in plan.probes
            ]
            return Answer(lines=[*lines, encode_end(len(lines), plan.nonce)])
        state = self._state if name == self._of else RUNNING
        statuses = [{"name": container["name"], "image": "agent:1", "state": state}]
        return Answer(
            body={"metadata": {"name": name}, "status": {"ephemeralContainerStatuses": statuses}}
        )


async def run(pods: Pods) -> list[Item]:
    api = Api(Connection(pods.client, "test", "https://203.0.113.1"), SETTINGS)
    probes = (
        Probe("1", ProbeKind.TCP, "198.18.1.2", 80),
        Probe("2", ProbeKind.TCP, "198.18.1.2", 81),
    )
    plans = [(one, Plan(one.id, probes)) for one in (WEB, DB)]
    return [
        item async for item in EphemeralTransport(api, SETTINGS, NOTHING, "prober-1").run(plans)
    ]


def observed(items: list[Item]) -> list[tuple[str, str]]:
    return sorted(
        (one.vantage, one.observation.probe) for one in items if isinstance(one, Observed)
    )


async def test_each_pod_gets_one_container_and_observes() -> None:
    pods = Pods(RUNNING)
    assert observed(await run(pods)) == [(one.id, probe) for one in (DB, WEB) for probe in "12"]
    assert {name: len(found) for name, found in pods.containers.items()} == {"web-0": 1, "db-0": 1}


async def test_the_container_meets_the_restricted_standard() -> None:
    pods = Pods(RUNNING)
    await run(pods)
    (container,) = pods.containers["web-0"]
    security = container["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"volumeMounts", "resources", "ports"} & set(container), "the API refuses these"


@pytest.mark.parametrize(
    ("pods", "said"),
    [
        (
            Pods({"waiting": {"reason": "ErrImagePull"}}),
            "the agent's image agent:1 cannot be pulled",
        ),
        (Pods(RUNNING, refused=status(404, "gone")), "cannot patch pods/ephemeralcontainers db-0"),
        (
            Pods(RUNNING, refused=status(403, "cannot patch")),
            "not allowed to patch pods/ephemeralcontainers db-0",
        ),
        (
            Pods(RUNNING, refused=status(403, "static pods do not support ephemeral containers")),
            "pod db-0 is a static pod, which takes no ephemeral containers",
        ),
    ],
)
async def test_a_pod_that_cannot_is_one_failure_and_the_others_observe(
    pods: Pods, said: str
) -> None:
    items = await run(pods)
    (failure,) = (one for one in items if isinstance(one, Failure))
    assert failure.vantage == DB.id
    assert said in failure.message
    assert failure.hint
    assert observed(items) == [(WEB.id, "1"), (WEB.id, "2")]
