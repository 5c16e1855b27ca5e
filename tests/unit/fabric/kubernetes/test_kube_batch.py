"""One wave of plans in a cluster: what is made, what comes back, and that nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest
from kube_cluster import FakeCluster
from kube_fakes import SETTINGS, Answer, pod, status

from prober.fabric.kubernetes.client import http as http_module
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.probe_pods import logs, startup_watch
from prober.fabric.kubernetes.probe_pods.transport import Item, ProbePodTransport
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.settings import Settings
from prober.manifest.assemble import assemble
from prober.manifest.decoding import wire
from prober.manifest.decoding.gathered import Objects
from prober.model.check import Vantage, VantageKind
from prober.model.outcome import Outcome
from prober.model.probe import Failure, Observed, Plan, Probe, ProbeKind

WEB, DB = (Vantage(VantageKind.POD, "shop", name) for name in ("web-0", "db-0"))
MAIL = Vantage(VantageKind.POD, "post", "mail-0")
NODE = Vantage(VantageKind.NODE, "", "n1")
ALL = (WEB, DB, MAIL, NODE)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_module, "_FIRST_PAUSE", 0.0)
    monkeypatch.setattr(logs, "_PAUSE", 0.0)
    monkeypatch.setattr(logs, "_PATIENCE", 0.0)
    monkeypatch.setattr(startup_watch, "_PAUSE", 0.0)


def batch_on(
    cluster: FakeCluster, web_ip: str = "198.18.1.9", settings: Settings = SETTINGS
) -> ProbePodTransport:
    status_of = {WEB: {"podIP": web_ip}}
    pods = [
        pod(metadata={"name": one.name, "namespace": one.namespace}, status=status_of.get(one, {}))
        for one in (WEB, DB, MAIL)
    ]
    node = msgspec.convert({"metadata": {"name": "n1"}}, wire.Node)
    snapshot = assemble(Objects(nodes=[node], pods=list(pods)), expand_workloads=False)
    keyed = {(one.metadata.namespace or "", one.metadata.name or ""): one for one in pods}
    api = Api(Connection(cluster.client, "test", "https://203.0.113.1"), SETTINGS)
    return ProbePodTransport(api, settings, Reading(snapshot, keyed), "prober-1")


def plans(*vantages: Vantage) -> list[tuple[Vantage, Plan]]:
    probes = (
        Probe("1", ProbeKind.TCP, "198.18.1.2", 80),
        Probe("2", ProbeKind.TCP, "198.18.1.2", 81),
    )
    return [(one, Plan(one.id, probes)) for one in vantages]


async def run(cluster: FakeCluster, *vantages: Vantage) -> list[Item]:
    return [item async for item in batch_on(cluster).run(plans(*vantages))]


def observed(items: Sequence[Item]) -> list[tuple[str, str]]:
    return sorted(
        (one.vantage, one.observation.probe) for one in items if isinstance(one, Observed)
    )


def failures(items: Sequence[Item]) -> list[Failure]:
    return [one for one in items if isinstance(one, Failure)]


def left(cluster: FakeCluster) -> list[str]:
    return [path for path, one in cluster.objects.items() if one["kind"] != "Namespace"]


async def test_every_vantage_observes_and_nothing_is_left() -> None:
    cluster = FakeCluster()
    items = await run(cluster, *ALL)
    assert observed(items) == sorted((one.id, probe) for one in ALL for probe in "12")
    assert not failures(items)
    assert len([one for one in cluster.ever if one.startswith("Pod ")]) == len(ALL)
    assert left(cluster) == []


async def test_each_namespace_has_one_run_object_and_a_timer() -> None:
    cluster = FakeCluster()
    await run(cluster, WEB, DB, MAIL)
    assert sorted(one for one in cluster.ever if not one.startswith("Pod ")) == [
        "ConfigMap post/prober-1",
        "ConfigMap shop/prober-1",
        "Job post/prober-1",
        "Job shop/prober-1",
    ]


async def test_a_wave_takes_two_calls_a_pod_and_five_a_namespace() -> None:
    """A timer, a ConfigMap, a list of those that start, and two deletions; each pod is made, and
    its log is read."""
    cluster = FakeCluster()
    await run(cluster, WEB, DB, MAIL)
    calls = [f"{method} {url.partition('?')[0]}" for method, url in cluster.client.calls]
    in_post = "/namespaces/post/"
    assert [call for call in calls if in_post in call and "DELETE" not in call] == [
        f"POST /apis/batch/v1{in_post}jobs",
        f"POST /api/v1{in_post}configmaps",
        f"POST /api/v1{in_post}pods",
        f"GET /api/v1{in_post}pods",
        f"GET /api/v1{in_post}pods/prober-1-0/log",
    ]
    assert len(calls) == 2 * 5 + 3 * 2


async def test_a_vantage_that_fails_does_not_disturb_the_others() -> None:
    state = {
        "containerStatuses": [
            {"image": "agent:1", "state": {"waiting": {"reason": "ErrImagePull"}}}
        ]
    }
    items = await run(FakeCluster(states={DB.id: state}), *ALL)
    (failure,) = failures(items)
    assert failure.vantage == DB.id
    assert "cannot be pulled" in failure.message
    assert {vantage for vantage, _ in observed(items)} == {one.id for one in ALL} - {DB.id}


async def test_a_namespace_that_refuses_fails_its_vantages_only() -> None:
    quota = status(403, "exceeded quota: pods")
    items = await run(FakeCluster(refused={"shop/pods": quota}), *ALL)
    assert sorted(one.vantage for one in failures(items)) == sorted((WEB.id, DB.id))
    assert {vantage for vantage, _ in observed(items)} == {MAIL.id, NODE.id}


async def test_without_the_right_to_make_a_timer_it_runs_all_the_same() -> None:
    cluster = FakeCluster(refused={"/jobs": status(403, "forbidden")})
    items = await run(cluster, WEB)
    assert len(observed(items)) == 2
    assert left(cluster) == []


async def test_the_namespace_for_nodes_is_made_when_it_is_missing() -> None:
    cluster = FakeCluster()
    await run(cluster, NODE)
    made = cluster.objects["/api/v1/namespaces/prober"]
    assert made["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"


async def test_a_missing_namespace_that_may_not_be_made_says_what_to_do() -> None:
    items = await run(FakeCluster(refused={"/namespaces": status(403, "forbidden")}), NODE, WEB)
    (failure,) = failures(items)
    assert failure.vantage == NODE.id
    assert "kubectl create namespace prober" in failure.hint
    assert "--probe-namespace" in failure.hint
    assert len(observed(items)) == 2


async def test_closing_the_stream_takes_everything_away() -> None:
    cluster = FakeCluster(states={WEB.id: {"phase": "Pending"}})
    stream = batch_on(cluster).run(plans(WEB, MAIL))
    assert isinstance(await anext(stream), Observed)
    assert left(cluster)
    await stream.aclose()
    assert left(cluster) == []


async def test_what_cannot_be_deleted_is_told_and_the_rest_goes() -> None:
    cluster, told = FakeCluster(), list[str]()
    cluster.keeps = "shop"
    batch = batch_on(cluster, settings=replace(SETTINGS, warn=told.append))
    assert not failures([item async for item in batch.run(plans(*ALL))])
    assert {path.split("/")[-3] for path in cluster.objects if "/pods/" in path} == {"shop"}
    (warning,) = told
    assert "in namespace shop could not be deleted" in warning
    assert "prober cleanup" in warning


async def test_a_probe_of_the_pod_itself_is_not_run_by_another_pod() -> None:
    cluster = FakeCluster()
    items = [item async for item in batch_on(cluster, web_ip="198.18.1.2").run(plans(WEB, DB))]
    own = [one.observation for one in items if isinstance(one, Observed) and one.vantage == WEB.id]
    assert [(one.outcome, one.probe) for one in own] == [(Outcome.ERROR, "1"), (Outcome.ERROR, "2")]
    assert "is another one" in own[0].detail
    assert len([one for one in cluster.ever if one.startswith("Pod ")]) == 1


async def test_a_pod_that_is_gone_is_one_failure() -> None:
    gone = Vantage(VantageKind.POD, "shop", "gone")
    items = await run(FakeCluster(), gone, WEB)
    assert [one.vantage for one in failures(items)] == [gone.id]
    assert len(observed(items)) == 2


class Restarting(FakeCluster):
    """Its API server answers no list for a while."""

    def __init__(self, lists: int) -> None:
        super().__init__()
        self.left = lists

    def answer(self, method: str, url: str) -> Answer:
        if method == "GET" and "/pods?" in url and self.left:
            self.left -= 1
            return status(503, "starting")
        return super().answer(method, url)


async def test_an_api_server_that_is_restarted_is_waited_for() -> None:
    items = await run(Restarting(lists=3 * SETTINGS.retries), WEB)
    assert len(observed(items)) == 2
    assert not failures(items)


async def test_a_node_that_does_not_answer_fails_its_vantage_only() -> None:
    cluster = FakeCluster()
    cluster.dead_nodes = {DB.id}
    items = await run(cluster, *ALL)
    (failure,) = failures(items)
    assert failure.vantage == DB.id
    assert "cannot get pods/log" in failure.message
    assert "kubectl get nodes" in failure.hint
    assert {vantage for vantage, _ in observed(items)} == {one.id for one in ALL} - {DB.id}
    assert left(cluster) == []
