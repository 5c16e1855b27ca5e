"""Which checks of Scenarios agents repeat, from which node, and what is never repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st
from operator_cluster import SCENARIO, ApiServer, Reply

from agent.patrolling.assignment import decode
from agent.wire import decode_plan
from prober.fabric.kubernetes.reading.assembled import snapshot_of
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.reading.objects import Pod
from prober.manifest import Objects, wire
from prober.operator.assigning import Mesh, MeshNode, members
from prober.operator.grants import Grants
from prober.operator.mesh import MeshKeeper
from prober.operator.objects import ScenarioObject, scenario_object
from prober.operator.peers import prober_of
from prober.operator.reading import read
from prober.operator.repeated import MOST_OF_NODE, Repeated, by_node
from prober.operator.repeating import Repeater, repeated_of

NODES = ("n1", "n2", "n3")
NAMES = st.sets(st.text("abcdefghij0123456789-", min_size=1, max_size=8), min_size=2, max_size=20)


def item(*checks: Any, name: str = "shop", **parts: Any) -> ScenarioObject:
    metadata = {**SCENARIO["metadata"], "name": name, "uid": f"uid-{name}"}
    return scenario_object({**SCENARIO, "metadata": metadata, "checks": list(checks), **parts})


def pod(name: str, node: str, number: int, **labels: str) -> Pod:
    return msgspec.convert(
        {
            "metadata": {"name": name, "namespace": "shop", "labels": labels},
            "spec": {"nodeName": node, "containers": [{"name": "main"}]},
            "status": {
                "phase": "Running",
                "podIP": f"198.18.{number}.2",
                "podIPs": [{"ip": f"198.18.{number}.2"}],
                "conditions": [{"type": "Ready", "status": "True"}],
                "containerStatuses": [
                    {
                        "name": "main",
                        "containerID": f"containerd://{number:064x}",
                        "state": {"running": {}},
                    }
                ],
            },
        },
        Pod,
    )


def agent(node: str, *, enters: bool = True, ready: str = "True") -> Pod:
    annotations = {"prober.dev/enters-pods": "true"} if enters else {}
    return msgspec.convert(
        {
            "metadata": {
                "name": f"agent-{node}",
                "namespace": "prober",
                "annotations": annotations,
            },
            "spec": {"nodeName": node, "hostNetwork": True, "containers": [{"name": "agent"}]},
            "status": {"conditions": [{"type": "Ready", "status": ready}]},
        },
        Pod,
    )


def reading(agents: tuple[Pod, ...] = tuple(map(agent, NODES)), policy: Any = None) -> Reading:
    """A workload with a pod on each of three nodes, and one that is its target."""
    webs = [pod(f"web-{node}", node, number, app="web") for number, node in enumerate(NODES, 1)]
    pods = [*webs, pod("db", "n1", 9, app="db")]
    service = {
        "metadata": {"name": "db", "namespace": "shop"},
        "spec": {"clusterIP": "198.19.1.1", "selector": {"app": "db"}, "ports": [{"port": 5432}]},
    }
    objects = Objects(
        namespaces=[wire.Namespace(metadata=wire.ObjectMeta(name="shop"))],
        pods=pods,
        services=[msgspec.convert(service, wire.Service)],
        policies=[msgspec.convert(policy, wire.NetworkPolicy)] if policy else [],
    )
    return Reading(
        snapshot_of(objects), {("shop", one.metadata.name or ""): one for one in pods}, agents
    )


def repeated(found: Reading, *checks: Any, grants: Grants | None = None) -> list[Repeated]:
    return repeated_of({"shop/shop": read(item(*checks), grants or Grants())}, found)


def test_one_node_repeats_what_any_pod_may_and_each_what_all_do() -> None:
    found = reading()
    (one,) = repeated(found, "pod/web-n1 -> tcp://svc/db:5432 = ok")
    assert one.target.agent.node == "n1"
    each = repeated(found, {"from": "pods/app=web", "to": "tcp://svc/db:5432", "expect": "ok"})
    assert sorted(one.target.agent.node for one in each) == list(NODES)
    (chosen,) = repeated(
        found, {"from": "pods/app=web", "to": "tcp://svc/db:5432", "expect": "ok", "pods": "one"}
    )
    key = f"shop/shop {chosen.check.group} {chosen.check.flow.destination}"
    assert chosen.target.agent.node == prober_of(key, NODES)


@given(NAMES, st.text(max_size=8))
def test_a_node_that_goes_moves_only_what_it_had(nodes: set[str], target: str) -> None:
    chosen = prober_of(target, nodes)
    for gone in nodes - {chosen}:
        assert prober_of(target, nodes - {gone}) == chosen


@pytest.mark.parametrize(
    ("check", "answers"),
    [
        ("pod/web-n1 -> tcp://svc/db:5432 = ok", True),
        ("pod/web-n1 -> tcp://svc/db:5432 = denied", False),
        ("pod/web-n1 -> tcp://svc/db:5432", True),
        ("pod/web-n1 -> http://svc/db:5432/health = ok", True),
    ],
)
def test_what_a_probe_is_to_show(check: str, answers: bool) -> None:
    (one,) = repeated(reading(), check)
    assert one.answers is answers
    assert one.labels[:3] == ("shop/shop", "shop", "pod")


def test_a_prediction_says_what_is_expected_where_the_scenario_does_not() -> None:
    closed = {
        "metadata": {"name": "closed", "namespace": "shop"},
        "spec": {"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"]},
    }
    (one,) = repeated(reading(policy=closed), "pod/web-n1 -> tcp://svc/db:5432")
    assert one.answers is False


@pytest.mark.parametrize(
    ("found", "check"),
    [
        (
            reading(),
            {
                "from": "pod/web-n1",
                "to": {"http": {"service": "db", "port": 5432, "method": "POST"}},
            },
        ),
        (reading(), "pod/web-n1 -> udp://svc/db:5432?payload=x = ok"),
        (reading(), "pod/web-n1 -> tcp://svc/db:5432 = refused"),
        (reading((agent("n1", enters=False),)), "pod/web-n1 -> tcp://svc/db:5432 = ok"),
        (reading((agent("n1", ready="False"),)), "pod/web-n1 -> tcp://svc/db:5432 = ok"),
        (reading((agent("n2"),)), "pod/web-n1 -> tcp://svc/db:5432 = ok"),
        (reading(), "node/n1 -> tcp://svc/db:5432 = ok"),
        (reading(), "pod/nobody -> tcp://svc/db:5432 = ok"),
    ],
    ids=["acts", "datagram", "exactly", "enters no pods", "ill", "elsewhere", "node", "absent"],
)
def test_what_agents_do_not_repeat(found: Reading, check: Any) -> None:
    assert repeated(found, check, grants=Grants({"shop": ["node/*"]})) == []


def many(count: int, space: str = "shop") -> list[Repeated]:
    (one,) = repeated(reading(), "pod/web-n1 -> tcp://svc/db:5432 = ok")
    return [
        replace(one, scenario=f"{space}/shop", check=replace(one.check, id=f"{space} {number}"))
        for number in range(count)
    ]


def test_an_agent_has_so_many_checks_and_of_each_namespace_some() -> None:
    shares, beyond = by_node([*many(2 * MOST_OF_NODE), *many(3, "data")], ["n1", "n2"])
    assert len(shares["n1"]) == MOST_OF_NODE
    assert beyond == MOST_OF_NODE + 3
    assert sum(one.scenario == "data/shop" for one in shares["n1"]) == 3
    again, _ = by_node([*many(2 * MOST_OF_NODE), *many(3, "data")][::-1], ["n1", "n2"])
    assert [one.key for one in again["n1"]] == [one.key for one in shares["n1"]]


def test_a_node_that_takes_no_part_repeats_nothing() -> None:
    shares, beyond = by_node(many(4), ["n2"])
    assert (shares, beyond) == ({"n2": []}, 0)


def test_agents_read_what_is_written_and_no_more_than_fits() -> None:
    mesh = Mesh([MeshNode(node, f"198.51.100.{n}") for n, node in enumerate(NODES)], "", "")
    texts, left_out = members(mesh, many(250))
    assignment = decode(texts["n1"].encode())
    assert len(assignment.checks) == MOST_OF_NODE
    assert left_out.checks == 50
    (visit,) = assignment.visits
    assert (visit.container, visit.addresses) == (f"{1:064x}", ("198.18.1.2",))
    plan = decode_plan(bytes(visit.plan))
    assert {probe.id for probe in plan.probes} == assignment.checks.keys()
    assert "visits" not in json.loads(texts["n2"])


ASSIGNMENT = "/api/v1/namespaces/prober/configmaps/prober-assignment"


class Nodes(ApiServer):
    """An API server that has nodes, too."""

    def __init__(self, *nodes: Mapping[str, Any]) -> None:
        super().__init__()
        self.nodes = list(nodes)

    def _answer(self, method: str, path: str, body: Any) -> Any:
        if method == "GET" and path == "/api/v1/nodes":
            return Reply(200, {"items": self.nodes, "metadata": {}})
        return super()._answer(method, path, body)


def a_node(name: str, *, cordoned: bool = False) -> Mapping[str, Any]:
    taints = [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]
    return {
        "metadata": {"name": name},
        "spec": {"taints": taints} if cordoned else {},
        "status": {
            "addresses": [{"type": "InternalIP", "address": "198.51.100.11"}],
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def keeper(server: ApiServer, told: list[str]) -> MeshKeeper:
    api = server.api()
    return MeshKeeper(api, "prober", told.append, Repeater(api, Grants()))


async def test_the_assignment_is_kept_as_it_is_to_be() -> None:
    server, told = Nodes(a_node("n1"), a_node("n2")), list[str]()
    server.put(ASSIGNMENT, {"metadata": {"name": "prober-assignment", "namespace": "prober"}})
    await keeper(server, told).look(())
    assert server.objects[ASSIGNMENT]["data"].keys() == {"n1", "n2"}
    # What is right already is not written again, by whichever replica.
    server.calls.clear()
    await keeper(server, told).look(())
    assert "PATCH" not in {method for method, _ in server.calls}
    server.nodes = [a_node("n1"), a_node("n2", cordoned=True)]
    await keeper(server, told).look(())
    assert server.objects[ASSIGNMENT]["data"].keys() == {"n1"}
    assert told[-1] == "agents of 1 nodes probe by themselves"


async def test_an_assignment_that_was_deleted_is_said_to_be() -> None:
    server = Nodes(a_node("n1"))
    with pytest.raises(Exception, match="ConfigMap prober-assignment is missing") as caught:
        await keeper(server, []).look(())
    assert "--mesh makes it" in getattr(caught.value, "hint", "")
