"""Sweeping: only what runs have made, by its own name and uid, whatever annotations say."""

from __future__ import annotations

from typing import Any

import pytest
from kube_fakes import RUN, Answer, FakeClient, probe_pod, run_metadata, status

from prober.fabric.kubernetes.client import http
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.labels import Coordinator, this_process
from prober.fabric.kubernetes.probe_pods.sweeping import SweptRun, sweep
from prober.fabric.kubernetes.settings import Settings

FUTURE = "2999-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_FIRST_PAUSE", 0.0)


class Cluster:
    """ConfigMaps and pods as they are listed, and what is done to them."""

    def __init__(self, *config_maps: dict[str, Any], pods: tuple[dict[str, Any], ...] = ()) -> None:
        self.lists = {
            "configmaps": [{"metadata": one} for one in config_maps],
            "pods": list(pods),
        }
        self.refused: dict[tuple[str, str], Answer] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.client = FakeClient(self.answer)
        self.api = Api(Connection(self.client, "test", "https://203.0.113.1"), Settings(""))

    def answer(self, method: str, url: str) -> Answer:
        path = url.partition("?")[0]
        if (method, path) in self.refused:
            return self.refused[method, path]
        plural = path.rpartition("/")[2]
        if method == "GET" and plural in self.lists:
            space = path.split("/")[-2] if "/namespaces/" in path else ""
            items = [
                one for one in self.lists[plural] if space in ("", one["metadata"]["namespace"])
            ]
            return Answer(body={"items": items, "metadata": {}})
        if method == "GET" and path in self.jobs:
            return Answer(body={"metadata": self.jobs[path]})
        return Answer(body={}) if method == "DELETE" else status(404)

    @property
    def deleted(self) -> list[tuple[str, Any]]:
        """What was deleted, with the preconditions."""
        pairs = zip(self.client.calls, self.client.bodies, strict=True)
        return [(url, body.get("preconditions")) for (verb, url), body in pairs if verb == "DELETE"]


def victim(name: str = "app-config", **parts: Any) -> dict[str, Any]:
    """A ConfigMap of somebody else that carries all that a run's does."""
    return run_metadata(name, **parts)


async def test_a_dead_run_is_deleted_by_its_name_and_uid() -> None:
    cluster = Cluster(run_metadata())
    assert await sweep(cluster.api) == [SweptRun("shop", RUN)]
    path = f"/api/v1/namespaces/shop/configmaps/{RUN}"
    assert cluster.deleted == [(path, {"uid": f"uid-{RUN}"})]


ATTACKS = (
    "../../victim", "../../kube-system/configmaps/coredns", "..", "%2e%2e/victim", "a?x=1", "a#b", "app-config", "",
    "prober-0a1b2c3d-1/../../x", "prober-0a1b2c3d-1\n", "prober-0A1B2C3D-1", "prober-0a1b2c3d", "prober-0a1b2c3d-01",
    "prober-0a1b2c3d-0", "prober-0a1b2c3d-99999999", "x" * 1_000_000, "prober-0a1b2c3d-１", "\x1b[31m",
)  # fmt: skip


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("run", ATTACKS)
@pytest.mark.parametrize("name", ["app-config", "prober-settings", "prober-0a1b2c3d-1"])
async def test_what_an_annotation_says_is_no_name(name: str, run: str, everything: bool) -> None:
    cluster = Cluster(victim(name, annotations={"prober.dev/run": run}))
    assert await sweep(cluster.api, everything=everything) == []
    assert cluster.deleted == []


@pytest.mark.parametrize("everything", [False, True])
async def test_an_object_of_somebody_else_stays_whatever_it_carries(everything: bool) -> None:
    cluster = Cluster(
        victim(), victim("prober"), victim(f"{RUN}-x"), victim(f"{RUN}x"), victim(f"a{RUN}")
    )
    assert await sweep(cluster.api, everything=everything) == []
    assert cluster.deleted == []


@pytest.mark.parametrize(
    "labels", [None, {}, {"prober.dev/probe": "yes"}, {"prober.dev/agent": "true"}]
)
async def test_what_lacks_the_label_stays_even_where_the_server_lists_it(labels: Any) -> None:
    cluster = Cluster(run_metadata(labels=labels))
    assert await sweep(cluster.api, everything=True) == []


async def test_an_object_without_a_uid_stays() -> None:
    cluster = Cluster(run_metadata(uid=None))
    await sweep(cluster.api)
    assert cluster.deleted == []


ODD = (
    "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00", "9999-99-99T99:99:99Z", "soon", "", "\x00",
    "٢٠٢٦-01-01T00:00:00Z", "1" * 100_000,
)  # fmt: skip
COORDINATORS = ("a ² 1", "a 1 ٣", "a " + "9" * 6_000 + " 1", " ", "a b", "", "a 1 1 1", "\x00 1 1")


@pytest.mark.parametrize("expires", ODD)
@pytest.mark.parametrize("coordinator", COORDINATORS)
async def test_annotations_that_cannot_be_read_break_nothing(
    expires: str, coordinator: str
) -> None:
    """A run is no use without them: it is taken away, and the one beside it is judged as ever."""
    other = "prober-ffffffff-1"
    odd = {"prober.dev/run": RUN, "prober.dev/expires": expires}
    alive = {
        "prober.dev/run": other,
        "prober.dev/expires": FUTURE,
        "prober.dev/coordinator": "elsewhere 1 1",
    }
    cluster = Cluster(
        run_metadata(annotations={**odd, "prober.dev/coordinator": coordinator}),
        run_metadata(other, annotations=alive),
    )
    assert await sweep(cluster.api) == [SweptRun("shop", RUN)]


async def test_a_live_run_is_left_alone_and_one_of_a_dead_process_is_not() -> None:
    here = this_process()
    dead = Coordinator(here.machine, here.process, here.started + 1)
    runs = {"prober-00000001-1": here, "prober-00000002-1": dead}
    cluster = Cluster(
        *(
            run_metadata(
                name,
                annotations={
                    "prober.dev/run": name,
                    "prober.dev/expires": FUTURE,
                    "prober.dev/coordinator": str(process),
                },
            )
            for name, process in runs.items()
        )
    )
    assert await sweep(cluster.api) == [SweptRun("shop", "prober-00000002-1")]


async def test_another_object_that_has_the_name_by_now_stays() -> None:
    cluster = Cluster(run_metadata())
    path = f"/api/v1/namespaces/shop/configmaps/{RUN}"
    cluster.refused["DELETE", path] = status(409, "the UID in the precondition does not match")
    await sweep(cluster.api)
    assert len(cluster.deleted) == 1


async def test_the_timer_goes_with_what_it_owns_and_no_other_job() -> None:
    path = f"/apis/batch/v1/namespaces/shop/jobs/{RUN}"
    owner = {"kind": "Job", "name": RUN, "uid": "uid-timer"}
    cluster = Cluster(run_metadata(ownerReferences=[owner]))
    cluster.jobs[path] = run_metadata(uid="uid-timer")
    await sweep(cluster.api)
    assert (path, {"uid": "uid-timer"}) in cluster.deleted
    for other in (
        run_metadata(uid="another"),
        run_metadata(uid="uid-timer", labels={}),
        run_metadata(uid="uid-timer", annotations={}),
    ):
        cluster = Cluster(run_metadata(ownerReferences=[owner]))
        cluster.jobs[path] = other
        await sweep(cluster.api)
        assert [url for url, _ in cluster.deleted] == [f"/api/v1/namespaces/shop/configmaps/{RUN}"]


async def test_an_owner_reference_is_no_name_either() -> None:
    for name in ("../../victim", "backup", f"{RUN}/../x"):
        owner = {"kind": "Job", "name": name, "uid": "uid-timer"}
        cluster = Cluster(run_metadata(ownerReferences=[owner]))
        await sweep(cluster.api)
        assert [url for url, _ in cluster.deleted] == [f"/api/v1/namespaces/shop/configmaps/{RUN}"]
        assert not [url for _, url in cluster.client.calls if "/jobs" in url]


async def test_where_config_maps_may_not_be_listed_the_namespaces_of_probe_pods_are_asked() -> None:
    cluster = Cluster(run_metadata(), pods=(probe_pod(),))
    cluster.refused["GET", "/api/v1/configmaps"] = status(403, "forbidden")
    assert await sweep(cluster.api) == [SweptRun("shop", RUN)]
    assert [url for url, _ in cluster.deleted] == [f"/api/v1/namespaces/shop/configmaps/{RUN}"]


async def test_where_they_may_be_listed_nowhere_the_pods_are_deleted_and_no_other_pod() -> None:
    claims = probe_pod(metadata={"name": "web-0"})
    cluster = Cluster(run_metadata(), pods=(probe_pod(), claims))
    for path in ("/api/v1/configmaps", "/api/v1/namespaces/shop/configmaps"):
        cluster.refused["GET", path] = status(403, "forbidden")
    assert await sweep(cluster.api) == [SweptRun("shop", RUN)]
    pod = f"/api/v1/namespaces/shop/pods/{RUN}-0"
    assert cluster.deleted == [(pod, {"uid": f"uid-{RUN}-0"})]


async def test_one_that_may_not_be_deleted_keeps_no_other() -> None:
    names = ["prober-00000001-1", "prober-00000002-1"]
    stale = [run_metadata(name, annotations={"prober.dev/run": name}) for name in names]
    cluster = Cluster(*stale)
    path = f"/api/v1/namespaces/shop/configmaps/{names[0]}"
    cluster.refused["DELETE", path] = status(403, "forbidden")
    with pytest.raises(ApiError):
        await sweep(cluster.api)
    assert {url.rpartition("/")[2] for url, _ in cluster.deleted} == set(names)


async def test_thousands_that_somebody_planted_are_not_waited_for() -> None:
    names = [f"prober-{number:08x}-1" for number in range(1_000)]
    cluster = Cluster(*(run_metadata(one, annotations={"prober.dev/run": one}) for one in names))
    assert len(await sweep(cluster.api, most=10)) == 10
    assert len(cluster.deleted) == 10
