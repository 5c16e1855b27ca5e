"""Who can probe from where, and which way a plan goes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from kube_fakes import pod

from prober.fabric.kubernetes.probe_pods.transport import ProbePodTransport
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.reading.objects import Pod
from prober.fabric.kubernetes.settings import Via
from prober.fabric.kubernetes.transports.agent_exec import AgentTransport
from prober.fabric.kubernetes.transports.agents import Agent, agent_target_of, agents_of
from prober.fabric.kubernetes.transports.ephemeral import EphemeralTransport
from prober.fabric.kubernetes.transports.local import LocalTransport
from prober.fabric.kubernetes.transports.table import Transport, assigned, without_agent
from prober.model.check import Vantage, VantageKind
from prober.model.errors import FabricError
from prober.model.probe import Plan
from prober.model.snapshot import Snapshot

WEB = Vantage(VantageKind.POD, "shop", "web-0")
NODE = Vantage(VantageKind.NODE, "", "n1")
OTHER = Vantage(VantageKind.NODE, "", "n2")
OUTSIDE = Vantage(VantageKind.OUTSIDE, "", "github.com")


def agent(*, ready: str = "True", enters: bool = False, **metadata: Any) -> Pod:
    annotations = {"prober.dev/enters-pods": "true"} if enters else {}
    return pod(
        metadata={"name": "agent-1", "namespace": "prober", "annotations": annotations, **metadata},
        status={"conditions": [{"type": "Ready", "status": ready}]},
    )


def reading(*agents: Pod, **parts: Any) -> Reading:
    running = [{"name": "web", "containerID": "containerd://abc123", "state": {"running": {}}}]
    web = pod(
        status={
            "podIP": "198.18.1.2",
            "podIPs": [{"ip": "198.18.1.2"}],
            "containerStatuses": running,
        },
        **parts,
    )
    return Reading(Snapshot(), {("shop", "web-0"): web}, agents)


def test_a_pod_is_entered_by_a_container_and_known_by_its_addresses() -> None:
    found = reading(agent(enters=True))
    target = agent_target_of(WEB, found, agents_of(found))
    assert (target.agent, target.container, target.addresses) == (
        Agent("prober", "agent-1", "n1", enters_pods=True),
        "abc123",
        ("198.18.1.2",),
    )


def test_a_node_and_a_pod_on_its_network_are_where_the_agent_is() -> None:
    found = reading(agent(), spec={"hostNetwork": True})
    for vantage in (NODE, WEB):
        assert agent_target_of(vantage, found, agents_of(found)).container == ""


@pytest.mark.parametrize(
    ("vantage", "found", "message", "hint"),
    [
        (WEB, reading(agent()), "may not enter pods", "--enter-pods"),
        (OTHER, reading(agent()), "no agent is ready on node n2", "prober install"),
        (NODE, reading(agent(ready="False")), "no agent is ready on node n1", "prober install"),
        (
            NODE,
            reading(agent(deletionTimestamp="2024-01-01T00:00:00Z")),
            "no agent is ready",
            "prober install",
        ),
        (
            Vantage(VantageKind.POD, "shop", "gone"),
            reading(agent()),
            "no pod shop/gone any more",
            "run again",
        ),
    ],
)
def test_why_nobody_can_probe_from_there(
    vantage: Vantage, found: Reading, message: str, hint: str
) -> None:
    with pytest.raises(FabricError, match=message) as caught:
        agent_target_of(vantage, found, agents_of(found))
    assert hint in caught.value.hint


def test_a_pod_without_a_running_container_is_not_entered() -> None:
    found = reading(agent(enters=True))
    ended = msgspec.structs.replace(found.pods["shop", "web-0"], status=None)
    again = Reading(Snapshot(), {("shop", "web-0"): ended}, found.agents)
    with pytest.raises(FabricError, match="no running container"):
        agent_target_of(WEB, again, agents_of(again))


@pytest.mark.parametrize(
    ("via", "enters", "wanted"),
    [
        (
            Via.AUTO,
            True,
            {AgentTransport: [WEB, NODE], ProbePodTransport: [OTHER], LocalTransport: [OUTSIDE]},
        ),
        (
            Via.AUTO,
            False,
            {AgentTransport: [NODE], ProbePodTransport: [WEB, OTHER], LocalTransport: [OUTSIDE]},
        ),
        (Via.POD, True, {ProbePodTransport: [WEB, NODE, OTHER], LocalTransport: [OUTSIDE]}),
        (Via.AGENT, False, {AgentTransport: [WEB, NODE, OTHER], LocalTransport: [OUTSIDE]}),
        (
            Via.EPHEMERAL,
            False,
            {
                EphemeralTransport: [WEB],
                ProbePodTransport: [NODE, OTHER],
                LocalTransport: [OUTSIDE],
            },
        ),
    ],
)
def test_which_way_a_plan_goes(
    via: Via, enters: bool, wanted: dict[type[Transport], list[Vantage]]
) -> None:
    plans = [(one, Plan(one.id, ())) for one in (WEB, NODE, OTHER, OUTSIDE)]
    shares = assigned(plans, via, reading(agent(enters=enters)))
    assert {way: [vantage for vantage, _ in share] for way, share in shares.items()} == wanted


def test_two_agents_on_a_node_are_nobodys_choice() -> None:
    two = reading(agent(enters=True), agent(enters=True, name="agent-2"))
    with pytest.raises(FabricError, match=r"node n1 has 2 agents \(agent-1, agent-2\)") as caught:
        agent_target_of(NODE, two, agents_of(two))
    assert "who may make pods in namespace prober" in caught.value.hint
    # Not even where a probe pod would do: somebody has to look at this.
    assert list(assigned([(NODE, Plan(NODE.id, ()))], Via.AUTO, two)) == [AgentTransport]
    going = reading(agent(), agent(name="agent-2", deletionTimestamp="2026-01-01T00:00:00Z"))
    assert agent_target_of(NODE, going, agents_of(going)).agent.pod == "agent-1"


def test_why_no_agent_did_it_is_known_where_there_are_agents() -> None:
    """A probe pod that may not be made is not what is wrong, where an agent was to do it."""
    plans = [(one, Plan(one.id, ())) for one in (WEB, NODE, OTHER, OUTSIDE)]
    ill = reading(agent(enters=True, ready="False"))
    reasons = without_agent(plans, Via.AUTO, ill)
    assert {vantage: str(reason) for vantage, reason in reasons.items()} == {
        WEB.id: "no agent is ready on node n1",
        NODE.id: "no agent is ready on node n1",
        OTHER.id: "no agent is ready on node n2",
    }
    assert without_agent(plans, Via.POD, ill) == {}
    assert without_agent(plans, Via.AUTO, reading()) == {}, "nobody expects agents"


def test_an_agent_whose_node_was_not_heard_of_is_asked_all_the_same() -> None:
    """After an outage of the API server: the node controller has taken the pod's condition, and
    the kubelet still says that the container is well."""
    marked = pod(
        metadata={"name": "agent-1", "namespace": "prober"},
        status={
            "conditions": [{"type": "Ready", "status": "False"}],
            "containerStatuses": [{"name": "agent", "ready": True, "state": {"running": {}}}],
        },
    )
    found = reading(marked)
    assert agent_target_of(NODE, found, agents_of(found)).agent.pod == "agent-1"
