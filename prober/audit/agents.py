"""Which pods are CNI agents. The labels are those that the projects' own manifests and charts set."""

from __future__ import annotations

from dataclasses import dataclass

from prober.model.objects import Pod
from prober.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class AgentKind:
    """One CNI's agent, which runs on every node."""

    name: str
    label: tuple[str, str]
    enforces: bool = True
    """Whether it enforces NetworkPolicies."""


KINDS = (
    AgentKind("Cilium", ("k8s-app", "cilium")),
    AgentKind("Calico", ("k8s-app", "calico-node")),
    AgentKind("Canal", ("k8s-app", "canal")),
    AgentKind("kube-router", ("k8s-app", "kube-router")),
    AgentKind("Antrea", ("component", "antrea-agent")),
    AgentKind("OVN-Kubernetes", ("app", "ovnkube-node")),
    AgentKind("Weave Net", ("name", "weave-net")),
    AgentKind("Amazon VPC CNI", ("k8s-app", "aws-node")),
    AgentKind("kindnet", ("k8s-app", "kindnet")),
    AgentKind("Flannel", ("app", "flannel"), enforces=False),
    AgentKind("Flannel", ("k8s-app", "flannel"), enforces=False),
)


def agents(snapshot: Snapshot) -> tuple[tuple[AgentKind, tuple[Pod, ...]], ...]:
    """The kinds of agents that run here, each with its pods. Empty: none that is known (K3s has them in its own
    process; manifests usually leave them out)."""
    found = []
    for kind in KINDS:
        key, value = kind.label
        pods = tuple(pod for _, pod in sorted(snapshot.pods.items()) if _is_agent(pod, key, value))
        if pods:
            found.append((kind, pods))
    return tuple(found)


def _is_agent(pod: Pod, key: str, value: str) -> bool:
    """An agent is on its node's network; an application that happens to be called flannel is not."""
    return pod.labels.get(key) == value and pod.host_network
