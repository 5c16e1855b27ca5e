"""What `prober doctor` asks a cluster, what it makes of the answers, and how it ends."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import pytest
from kube_fakes import DAEMON_SET, SETTINGS, Answer, agent_pod, api_of, status

from prober.cli.commands import doctor as cli
from prober.fabric.kubernetes.client import http as module
from prober.fabric.kubernetes.doctor import checkup
from prober.fabric.kubernetes.doctor.checkup import Finding, State, exit_code
from prober.fabric.kubernetes.doctor.questions import examine
from prober.fabric.kubernetes.reading.engines import DaemonSet, Engine
from prober.model.errors import ExitCode, FabricError
from prober.model.network.cni import PLUGINS

ON_BOTH = {"desiredNumberScheduled": 2, "numberReady": 2}
READY = {"conditions": [{"type": "Ready", "status": "True"}]}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.0)


class World:
    """A cluster of two nodes with Cilium, that grants everything but what `denied` says."""

    def __init__(
        self,
        *,
        denied: Callable[[dict[str, str]], bool] = lambda attributes: False,
        ahead: float = 0,
    ) -> None:
        self.denied, self.ahead = denied, ahead
        self.refused: dict[str, Answer] = {}
        self.spaces: dict[str, dict[str, str]] = {
            "shop": {"pod-security.kubernetes.io/enforce": "restricted"}
        }
        self.agents: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        self.api, self.client = api_of(self.answer)

    def answer(self, method: str, url: str) -> Answer:
        path = url.partition("?")[0]
        if path in self.refused:
            return self.refused[path]
        if method == "POST":
            attributes = self.client.bodies[-1]["spec"]["resourceAttributes"]
            self.asked.append(attributes)
            return Answer(201, {"status": {"allowed": not self.denied(attributes)}})
        if path == "/version":
            now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=self.ahead)
            return Answer(body={"gitVersion": "v1.34.4"}, headers={"Date": format_datetime(now)})
        if path == "/apis":
            return Answer(body={"groups": [{"name": "apps"}, {"name": "cilium.io"}]})
        cilium = {"metadata": {"labels": {"k8s-app": "cilium"}}, "spec": {"hostNetwork": True}}
        items: dict[str, list[dict[str, Any]]] = {
            "daemonsets": [
                {
                    "metadata": {"name": "cilium", "namespace": "kube-system"},
                    "spec": {"template": cilium},
                    "status": ON_BOTH,
                },
                *([{"metadata": DAEMON_SET}] if self.agents else []),
            ],
            "nodes": [{"metadata": {"name": name}, "status": READY} for name in ("n1", "n2")],
            "namespaces": [
                {"metadata": {"name": name, "labels": found}} for name, found in self.spaces.items()
            ],
            "pods": self.agents,
        }
        space = path.split("/")[-2] if "/namespaces/" in path else ""
        found = [
            one
            for one in items.get(path.rpartition("/")[2], [])
            if space in ("", one["metadata"].get("namespace"))
        ]
        return Answer(body={"items": found})

    async def found(self, *namespaces: str) -> dict[str, Finding]:
        return {one.name: one for one in await examine(self.api, SETTINGS, namespaces)}


async def test_a_cluster_that_is_ready() -> None:
    found = await World().found()
    assert found["API server"].message == "v1.34.4"
    assert (
        found["policy engine"].message
        == "Cilium enforces NetworkPolicies; its agent is ready on all 2 nodes"
    )
    assert found["nodes"].message == "2 ready"
    assert (
        found["Pod Security"].message
        == "1 namespace demands restricted; probe pods meet the restricted standard"
    )
    assert found["probes from nodes"].message.startswith("namespace prober will be made")
    assert found["agents"].state is State.OFF
    assert {one.state for name, one in found.items() if name != "agents"} == {State.OK}
    assert exit_code(list(found.values())) is ExitCode.OK


async def test_a_missing_right_is_named_with_its_verb() -> None:
    world = World(denied=lambda asked: asked["resource"] == "configmaps")
    assert (await world.found("shop"))["rights for --via pod"].state is State.BAD
    world.agents = [agent_pod("agent-1")]
    found = await world.found("shop")
    assert found["rights to read"].state is State.OK
    # With agents, which are allowed, a run can do without probe pods.
    assert found["rights for --via pod"].state is State.OFF
    assert (
        found["rights for --via pod"].message
        == "missing: configmaps (list, get, create, delete) in shop"
    )


async def test_without_any_way_to_probe_it_fails() -> None:
    found = await World(denied=lambda asked: asked["verb"] == "create").found()
    pod = found["rights for --via pod"]
    assert (pod.state, pod.hint != "") == (State.BAD, True)
    assert "pods (create)" in pod.message
    assert "jobs.batch (create)" in pod.message
    assert exit_code(list(found.values())) is ExitCode.FAILED


async def test_rights_are_asked_where_they_are_needed() -> None:
    world = World()
    await world.found("shop")
    spaces = {
        (one["resource"], one["subresource"], one["verb"]): one["namespace"] for one in world.asked
    }
    assert spaces["networkpolicies", "", "list"] == ""
    assert spaces["pods", "log", "get"] == "shop"
    assert spaces["pods", "exec", "create"] == "prober"


async def test_a_question_that_is_refused_is_an_error_and_the_rest_is_answered() -> None:
    world = World()
    world.refused["/api/v1/namespaces"] = status(403, "forbidden")
    found = await world.found()
    assert found["Pod Security"].state is State.ERROR
    assert "not allowed to list namespaces" in found["Pod Security"].message
    assert found["policy engine"].state is State.OK
    assert exit_code(list(found.values())) is ExitCode.UNKNOWN


async def test_a_server_that_does_not_answer_ends_it() -> None:
    world = World()
    world.refused["/version"] = status(503, "starting")
    with pytest.raises(FabricError, match="did not recover"):
        await world.found()


@pytest.mark.parametrize(
    ("ahead", "said"), [(90, "s behind the API server's"), (-90, "s ahead of the API server's")]
)
async def test_clocks_that_are_apart(ahead: float, said: str) -> None:
    clock = (await World(ahead=ahead).found())["clock"]
    assert clock.state is State.WARN
    assert said in clock.message


async def test_agents_are_counted() -> None:
    world = World()
    world.agents = [
        agent_pod("agent-1"),
        agent_pod("agent-2", "n2", status={"conditions": []}),
        agent_pod("planted", "n2", metadata={"namespace": "shop"}),
    ]
    assert (await world.found())["agents"].message == "ready on 1 of 2 nodes"


@pytest.mark.parametrize(
    ("finding", "state", "said"),
    [
        (checkup.engine(None), State.UNKNOWN, "no engine that is known"),
        (checkup.version("v1.20.0"), State.WARN, "older than 1.25"),
        (checkup.version("v1.34.4+k3s1"), State.OK, "v1.34.4+k3s1"),
        (checkup.clock(None), State.UNKNOWN, "does not say"),
        (checkup.image("", agents=True), State.WARN, "none is named"),
        (checkup.image("", agents=False), State.BAD, "none is named"),
        (checkup.nodes(["n3", "n2"], 3), State.WARN, "n2, n3 are not ready, of 3"),
        (checkup.engine(Engine(PLUGINS[0])), State.OK, "Cilium enforces NetworkPolicies"),
        (
            checkup.engine(Engine(PLUGINS[0], DaemonSet({"k8s-app": "cilium"}, ready=1, wanted=2))),
            State.WARN,
            "Cilium: its agent is ready on 1 of 2 nodes",
        ),
        (
            checkup.pod_security({"shop": {}}, ["shop", "post"]),
            State.BAD,
            "there is no namespace post",
        ),
        (
            checkup.node_probes("prober", {checkup.ENFORCE: "baseline"}),
            State.WARN,
            "demands baseline, which forbids the host network",
        ),
        (checkup.node_probes("prober", {}), State.OK, "admits the host network"),
    ],
)
def test_what_an_answer_means(finding: Finding, state: State, said: str) -> None:
    assert finding.state is state
    assert said in finding.message


def test_the_table_and_the_json_say_the_same() -> None:
    findings = [
        Finding("API server", State.OK, "v1.34.4"),
        Finding("clock", State.WARN, "late", "set it"),
    ]
    assert cli._table("prod · https://203.0.113.1", findings).splitlines() == [
        "prod · https://203.0.113.1",
        "",
        "  ok     API server  v1.34.4",
        "  warn   clock       late",
        "                     set it",
        "",
        "ready to probe; expect what is marked warn (1) · exit 0",
    ]
    record = json.loads(cli._json("prod · https://203.0.113.1", findings))
    assert (record["context"], record["server"], record["exitCode"]) == (
        "prod",
        "https://203.0.113.1",
        0,
    )
    assert record["checks"][1] == {
        "name": "clock",
        "state": "warn",
        "message": "late",
        "hint": "set it",
    }
