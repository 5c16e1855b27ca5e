"""Who probes whom, and what an agent is told."""

from __future__ import annotations

import json

from hypothesis import given, strategies as st

from agent.patrolling.assignment import decode
from prober.manifest.decoding import wire
from prober.operator import assigning
from prober.operator.assigning import LeftOut, Mesh, MeshNode, members
from prober.operator.mesh import mesh_node
from prober.operator.peers import PROBERS, peers

NODES = st.sets(st.text("abcdefghij0123456789-", min_size=1, max_size=12), max_size=40)


@given(NODES)
def test_every_node_is_probed_by_as_many_others(nodes: set[str]) -> None:
    chosen = peers(nodes)
    assert chosen.keys() == nodes
    wanted = min(PROBERS, max(len(nodes) - 1, 0))
    for node in nodes:
        probers = [source for source, targets in chosen.items() if node in targets]
        assert len(probers) == len(set(probers)) == wanted
        assert node not in chosen[node]


@given(NODES)
def test_the_probes_are_linear_in_the_nodes(nodes: set[str]) -> None:
    assert sum(map(len, peers(nodes).values())) <= PROBERS * len(nodes)


@given(NODES, st.integers(min_value=0))
def test_a_node_that_goes_changes_little(nodes: set[str], place: int) -> None:
    if len(nodes) <= PROBERS + 1:
        return
    gone = sorted(nodes)[place % len(nodes)]
    before, after = peers(nodes), peers(nodes - {gone})
    moved = sum(len(set(after[node]) - set(before[node])) for node in after)
    assert moved == len(before[gone]), "each of those that it probed gets one other prober"


def test_the_load_is_spread() -> None:
    loads = [len(targets) for targets in peers(f"node-{n}" for n in range(300)).values()]
    assert max(loads) <= 5 * PROBERS


def mesh(count: int) -> Mesh:
    nodes = [MeshNode(f"n{n}", f"198.51.100.{n % 250}") for n in range(count)]
    return Mesh(nodes, "198.19.0.10", "198.19.0.1")


def test_an_agent_reads_what_the_operator_writes() -> None:
    texts, left_out = members(mesh(5))
    assert (len(texts), left_out) == (5, LeftOut())
    for text in texts.values():
        assignment = decode(text.encode())
        assert {kind for kind, _ in assignment.about.values()} <= {"node", "dns", "api"}
        assert {probe.id for probe in assignment.plan.probes} == assignment.about.keys()
        assert assignment.plan.rate == assigning.RATE
    both = members(mesh(2))[0]["n0"]
    assert list(json.loads(both)["about"].values()) == [
        ["api", "kubernetes"],
        ["dns", "kube-dns"],
        ["node", "n1"],
    ]


def test_what_does_not_fit_is_counted() -> None:
    texts, left_out = members(mesh(2500))
    assert left_out.nodes == 2500 - len(texts) > 0
    assert sum(map(len, texts.values())) <= assigning.MOST_BYTES


def node(ready: str = "True", taint: str = "", key: str = "x") -> wire.Node:
    taints = [wire.Taint(key=key, effect=taint)] if taint else None
    return wire.Node(
        metadata=wire.ObjectMeta(name="n1"),
        spec=wire.NodeSpec(taints=taints),
        status=wire.NodeStatus(
            addresses=[wire.NodeAddress("InternalIP", "198.51.100.11")],
            conditions=[wire.Condition(type="Ready", status=ready)],
        ),
    )


def test_nodes_that_are_drained_or_ill_are_left_alone() -> None:
    assert mesh_node(node()) == MeshNode("n1", "198.51.100.11")
    assert mesh_node(node(taint="PreferNoSchedule")) is not None
    control_plane = "node-role.kubernetes.io/control-plane"
    assert mesh_node(node(taint="NoSchedule", key=control_plane)) is not None
    assert mesh_node(node(taint="NoSchedule", key="node.kubernetes.io/unschedulable")) is None
    assert mesh_node(node(taint="NoExecute")) is None
    assert mesh_node(node("False")) is None
    assert mesh_node(node("Unknown")) is None
