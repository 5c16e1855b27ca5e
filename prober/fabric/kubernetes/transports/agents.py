"""The agents of a cluster, and which of them can probe from where. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from prober.fabric.kubernetes.labels import ENTERS_PODS
from prober.fabric.kubernetes.probe_pods.identity import of_pod
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.reading.objects import Pod, PodSpec, PodStatus
from prober.manifest import ContainerState
from prober.model.check import Vantage, VantageKind
from prober.model.errors import FabricError


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent's pod that can be asked."""

    namespace: str
    pod: str
    node: str
    enters_pods: bool
    """It has the rights to enter the networks of pods; else it probes from its node only."""


@dataclass(frozen=True, slots=True)
class AgentTarget:
    """Where an agent runs a plan."""

    agent: Agent
    container: str = ""
    """A container of the pod to enter; empty: the agent's own network, which is the node's."""
    addresses: tuple[str, ...] = ()
    """The pod's; a network without them is another pod's."""
    proxies: Mapping[str, str] = field(default_factory=dict)
    """The pod's proxy variables."""


Agents = Mapping[str, Sequence[Agent]]
"""By node. There should be one on each; of two, one is not what it seems."""


class TwoAgentsError(FabricError):
    """A node has two agents, and nobody can say which of them is to be believed."""


def agents_of(reading: Reading) -> Agents:
    """The agents that are ready."""
    agents: defaultdict[str, list[Agent]] = defaultdict(list)
    for pod in reading.agents:
        node = (pod.spec or PodSpec()).node_name or ""
        if node and _is_ready(pod):
            enters = (pod.metadata.annotations or {}).get(ENTERS_PODS) == "true"
            namespace, name = pod.metadata.namespace or "", pod.metadata.name or ""
            agents[node].append(Agent(namespace, name, node, enters))
    return agents


def agent_target_of(vantage: Vantage, reading: Reading, agents: Agents) -> AgentTarget:
    """Who can probe from the vantage. Raises `FabricError` that says why nobody can, and what to
    do."""
    if vantage.kind is VantageKind.NODE:
        return AgentTarget(_agent_on(vantage.name, agents))
    pod = reading.pods.get((vantage.namespace, vantage.name))
    if pod is None:
        raise FabricError(
            f"the cluster has no pod {vantage.namespace}/{vantage.name} any more", hint="run again"
        )
    spec = pod.spec or PodSpec()
    agent = _agent_on(spec.node_name or "", agents)
    if spec.host_network:
        return AgentTarget(agent)
    if not agent.enters_pods:
        raise FabricError(
            f"the agent on node {agent.node} may not enter pods, so it cannot probe from "
            f"{vantage.namespace}/{vantage.name}",
            hint="install agents that may: prober install --enter-pods; or use --via pod",
        )
    container = _running_container(pod)
    if not container:
        raise FabricError(
            (
                f"pod {vantage.namespace}/{vantage.name} has no running container, so its "
                "network cannot be entered"
            ),
            hint=f"kubectl describe pod {vantage.name} -n {vantage.namespace}; or use --via pod",
        )
    identity = of_pod(pod)
    return AgentTarget(agent, container, tuple(identity.addresses), identity.proxies)


def _agent_on(node: str, agents: Agents) -> Agent:
    there = agents.get(node, ())
    if not there:
        raise FabricError(
            f"no agent is ready on node {node or '(none)'}",
            hint=(
                "prober install; where it was done: kubectl get pods -A -l prober.dev/agent -o wide"
            ),
        )
    if len(there) > 1:
        names = ", ".join(sorted(agent.pod for agent in there))
        raise TwoAgentsError(
            f"node {node} has {len(there)} agents ({names}), of which one can be the DaemonSet's: "
            "none of them is asked",
            hint=f"see who may make pods in namespace {there[0].namespace}, and delete the other",
        )
    return there[0]


def _is_ready(pod: Pod) -> bool:
    """The pod's condition says so, or the kubelet's last word about its container does.

    After an outage of the API server the node controller takes the condition from every pod of a
    node that could not renew its Lease, and the kubelets give it back within minutes; the agents
    run all the while. One whose node is really gone does not answer, and that is told.
    Source: MarkPodsNotReady of k8s.io/kubernetes/pkg/controller/util/node, which changes no
    container's status.
    """
    status = pod.status or PodStatus()
    conditions = status.conditions or ()
    ready = any(
        condition.type == "Ready" and condition.status == "True" for condition in conditions
    )
    runs = any(container.ready for container in status.container_statuses or ())
    return (ready or runs) and not pod.metadata.deletion_timestamp


def _running_container(pod: Pod) -> str:
    """The id of one, as its runtime names it."""
    for status in (pod.status or PodStatus()).container_statuses or ():
        if (status.state or ContainerState()).running is not None and status.container_id:
            return status.container_id.rpartition("//")[2]
    return ""
