"""Whose pods those are that carry prober's labels: only prober's own are left out, and trusted."""

from __future__ import annotations

from typing import Any

import pytest
from kube_fakes import (
    DAEMON_SET,
    RUN,
    SETTINGS,
    Answer,
    FakeClient,
    agent_pod,
    probe_pod,
    run_metadata,
    status,
)

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.reading.exporting import export
from prober.fabric.kubernetes.reading.listing import Reading, read_cluster
from prober.fabric.kubernetes.settings import Settings


class World:
    """A cluster of two nodes with agents, some pods, and the run that probe pods are of."""

    def __init__(self, *pods: dict[str, Any], settings: Settings = SETTINGS) -> None:
        self.pods = pods
        self.daemon_sets = [{"metadata": DAEMON_SET}]
        self.run: Answer = Answer(body={"metadata": run_metadata()})
        client = FakeClient(self.answer)
        self.api = Api(Connection(client, "test", "https://203.0.113.1"), settings)

    def answer(self, _: str, url: str) -> Answer:
        address = {"n1": "198.51.100.11", "n2": "198.51.100.12"}
        lists: dict[str, list[dict[str, Any]]] = {
            "pods": list(self.pods),
            "daemonsets": self.daemon_sets,
            "nodes": [
                {
                    "metadata": {"name": name},
                    "status": {"addresses": [{"type": "InternalIP", "address": one}]},
                }
                for name, one in address.items()
            ],
        }
        plural = url.partition("?")[0].rpartition("/")[2]
        if plural == RUN:
            return self.run
        return Answer(body={"items": lists.get(plural, []), "metadata": {}})

    async def read(self) -> Reading:
        return await read_cluster(self.api)

    async def seen(self) -> set[tuple[str, str]]:
        """The pods of the snapshot, which are those that are exported as well."""
        pods = set((await self.read()).snapshot.pods)
        exported = await export(self.api)
        named = [one["metadata"] for one in exported if one["kind"] == "Pod"]
        assert {(one["namespace"], one["name"]) for one in named} == pods
        return pods


async def test_agents_and_probe_pods_are_no_part_of_what_is_looked_at() -> None:
    world = World(agent_pod(), probe_pod())
    assert await world.seen() == set()
    assert [pod.metadata.name for pod in (await world.read()).agents] == ["prober-agent-x"]


OWNER = {"kind": "DaemonSet", "name": "prober-agent", "uid": "uid-agents", "controller": True}
CLAIMS = [
    agent_pod("planted", metadata={"namespace": "tenant"}),
    agent_pod("planted", metadata={"namespace": "tenant", "ownerReferences": []}),
    agent_pod("planted", metadata={"ownerReferences": []}),
    agent_pod("planted", metadata={"ownerReferences": [{**OWNER, "uid": "another"}]}),
    agent_pod("planted", metadata={"ownerReferences": [{**OWNER, "uid": ""}]}),
    agent_pod("planted", metadata={"ownerReferences": [{**OWNER, "controller": False}]}),
    agent_pod("planted", metadata={"ownerReferences": [{**OWNER, "kind": "ReplicaSet"}]}),
    agent_pod("planted", metadata={"labels": {"prober.dev/agent": "yes"}}),
    agent_pod("planted", spec={"hostNetwork": False}),
    agent_pod("planted", node="n9"),
    agent_pod("planted", node=""),
    agent_pod("planted", status={"podIP": "198.51.100.12"}),
    agent_pod("planted", status={"podIP": "198.18.1.7"}),
]


@pytest.mark.parametrize("pod", CLAIMS)
async def test_a_pod_that_claims_to_be_an_agent_is_a_pod(pod: dict[str, Any]) -> None:
    world = World(agent_pod(), pod)
    assert await world.seen() == {(pod["metadata"]["namespace"], "planted")}
    assert [one.metadata.name for one in (await world.read()).agents] == ["prober-agent-x"]


async def test_a_daemon_set_elsewhere_makes_no_agents() -> None:
    world = World(agent_pod(metadata={"namespace": "tenant"}))
    world.daemon_sets = [{"metadata": {**DAEMON_SET, "namespace": "tenant"}}]
    assert await world.seen() == {("tenant", "prober-agent-x")}
    world = World(agent_pod())
    world.daemon_sets = [{"metadata": {**DAEMON_SET, "name": "another"}}]
    assert await world.seen() == {("prober", "prober-agent-x")}


async def test_agents_are_looked_for_in_the_namespace_that_is_configured() -> None:
    world = World(
        agent_pod(metadata={"namespace": "nets"}), settings=Settings("a:1", probe_namespace="nets")
    )
    world.daemon_sets = [{"metadata": {**DAEMON_SET, "namespace": "nets"}}]
    assert len((await world.read()).agents) == 1


FROM = {"kind": "ConfigMap", "name": RUN, "uid": f"uid-{RUN}", "controller": True}
PRETENDERS = [
    {"metadata": {"name": "web-0", "namespace": "shop", "labels": {"prober.dev/probe": "true"}}},
    {"metadata": {"name": "web-0", "namespace": "shop", "labels": {"prober.dev/agent": "true"}}},
    probe_pod(metadata={"name": "web-0"}),
    probe_pod(metadata={"name": RUN}),
    probe_pod(metadata={"name": f"{RUN}-00"}),
    probe_pod(metadata={"annotations": {}}),
    probe_pod(metadata={"annotations": {"prober.dev/run": "../../x"}}),
    probe_pod(metadata={"ownerReferences": []}),
    probe_pod(metadata={"ownerReferences": [{**FROM, "uid": "another"}]}),
    probe_pod(metadata={"ownerReferences": [{**FROM, "uid": ""}]}),
    probe_pod(metadata={"ownerReferences": [{**FROM, "name": "../../x"}]}),
    probe_pod(metadata={"ownerReferences": [{**FROM, "kind": "Job"}]}),
    probe_pod(metadata={"ownerReferences": [FROM, {"kind": "Node", "name": "n1", "uid": "n"}]}),
    probe_pod(spec={"readinessGates": []}),
    probe_pod(spec={"automountServiceAccountToken": True}),
    probe_pod(spec={"automountServiceAccountToken": None}),
    probe_pod(spec={"activeDeadlineSeconds": None}),
]


@pytest.mark.parametrize("pod", PRETENDERS)
async def test_a_pod_that_claims_to_be_a_probe_pod_is_a_pod(pod: dict[str, Any]) -> None:
    assert await World(pod).seen() == {("shop", pod["metadata"]["name"])}


@pytest.mark.parametrize(
    "answer",
    [
        status(404),
        status(403, "forbidden"),
        Answer(body={"metadata": run_metadata(uid="another")}),
        Answer(body={"metadata": run_metadata(labels={})}),
        Answer(body={"metadata": run_metadata(annotations={})}),
    ],
)
async def test_a_probe_pod_of_a_run_that_is_not_there_is_a_pod(answer: Answer) -> None:
    world = World(probe_pod())
    world.run = answer
    assert await world.seen() == {("shop", f"{RUN}-0")}


async def test_runs_by_the_thousand_are_not_all_asked_for() -> None:
    pods = []
    for number in range(200):
        run = f"prober-{number:08x}-1"
        owner = {**FROM, "name": run, "uid": f"uid-{run}"}
        metadata = run_metadata(
            f"{run}-0", annotations={"prober.dev/run": run}, ownerReferences=[owner]
        )
        pods.append(probe_pod(metadata=metadata))
    world = World(*pods)
    assert len((await world.read()).snapshot.pods) == 200
