"""The fabric of a cluster: what looking changes (nothing), and what probing does first."""

from __future__ import annotations

from typing import Any

import pytest
from kube_cluster import FakeCluster
from kube_fakes import RUN, SETTINGS, Answer, run_metadata

from prober.fabric.kubernetes import fabric as module
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Access, Connection
from prober.fabric.kubernetes.fabric import KubernetesFabric
from prober.fabric.kubernetes.settings import Settings
from prober.model.check import Vantage, VantageKind
from prober.model.probe import Plan, Probe, ProbeKind

WEB = Vantage(VantageKind.POD, "shop", "web-0")
STALE = f"/api/v1/namespaces/shop/configmaps/{RUN}"
VICTIM = "/api/v1/namespaces/shop/configmaps/app-config"


class Server(FakeCluster):
    """With a pod, what a dead run left, and what somebody planted."""

    def __init__(self) -> None:
        super().__init__()
        pod = {
            "kind": "Pod",
            "metadata": {"name": "web-0", "namespace": "shop", "labels": {"app": "web"}},
            "spec": {"nodeName": "n1", "containers": [{"name": "web"}]},
            "status": {"phase": "Running", "podIP": "198.18.1.9"},
        }
        hostile = {"prober.dev/run": "../../victim", "prober.dev/expires": "2020-01-01T00:00:00Z"}
        self.objects["/api/v1/namespaces/shop/pods/web-0"] = pod
        self.objects[STALE] = {"kind": "ConfigMap", "metadata": run_metadata()}
        self.objects[VICTIM] = {
            "kind": "ConfigMap",
            "metadata": run_metadata("app-config", annotations=hostile),
        }

    def answer(self, method: str, url: str) -> Answer:
        path, _, query = url.partition("?")
        if path == "/version":
            return Answer(body={"gitVersion": "v1.34.4"})
        if method != "GET" or path in self.objects or "/namespaces/" in path:
            return super().answer(method, url)
        plural = path.rpartition("/")[2]
        items = [one for key, one in self.objects.items() if key.split("/")[-2] == plural]
        if "labelSelector" in query:
            items = [one for one in items if "prober.dev/probe" in one["metadata"]["labels"]]
        return Answer(body={"items": items, "metadata": {}})

    def changes(self) -> list[tuple[str, str]]:
        return [one for one in self.client.calls if one[0] != "GET"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()

    async def opened(_: Access, settings: Settings) -> Api:
        return Api(Connection(server.client, "test", "https://203.0.113.1"), settings)

    monkeypatch.setattr(module.Api, "open", opened)
    return server


async def test_looking_changes_nothing(server: Server) -> None:
    """What a dry run does: enter, read, say where probes would start."""
    async with KubernetesFabric(Access(), SETTINGS) as cluster:
        await cluster.snapshot()
        assert WEB in cluster.vantages()
        assert cluster.info().pods == 1
    assert server.changes() == []


async def test_the_first_wave_sweeps_what_runs_left_and_nothing_else(
    server: Server,
) -> None:
    plan = Plan(WEB.id, (Probe("1", ProbeKind.TCP, "198.18.1.2", 80),))
    async with KubernetesFabric(Access(), SETTINGS) as cluster:
        await cluster.snapshot()
        for _ in range(2):
            items: list[Any] = [item async for item in cluster.run([(WEB, plan)])]
            assert len(items) == 1
    assert server.changes().count(("DELETE", STALE)) == 1
    assert VICTIM in server.objects
    assert STALE not in server.objects
