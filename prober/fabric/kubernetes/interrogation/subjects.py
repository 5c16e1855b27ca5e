"""Who is asked: the engine's pod on a node, and prober's own agent there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.reading.objects import Pod, PodSpec, PodStatus
from prober.model.network.cni import plugin_of


class Tongue(StrEnum):
    """How an engine is asked."""

    CILIUM = "cilium"
    IPTABLES = "iptables"


TONGUES: Mapping[str, Tongue] = {
    "Cilium": Tongue.CILIUM,
    "Calico": Tongue.IPTABLES,
    "Canal (Calico over Flannel)": Tongue.IPTABLES,
    "kube-router": Tongue.IPTABLES,
    "Weave Net": Tongue.IPTABLES,
    "Azure Network Policy Manager": Tongue.IPTABLES,
    "Kube-OVN": Tongue.IPTABLES,
}
"""By the plugin's name. The others keep neither a monitor nor counters of rules: what they drop is
told by the kernel, where there is an agent."""
_CONTAINERS = ("cilium-agent", "calico-node", "kube-router", "weave-npc", "azure-npm", "cni-server")


@dataclass(frozen=True, slots=True)
class Subject:
    """A pod of the engine."""

    engine: str
    tongue: Tongue
    node: str
    namespace: str
    pod: str
    container: str


def engines(reading: Reading, nodes: Iterable[str]) -> list[Subject]:
    """The engine's pods that run on these nodes."""
    wanted = frozenset(nodes)
    by_node: dict[str, Subject] = {}
    for pod in reading.pods.values():
        spec = pod.spec or PodSpec()
        if spec.node_name not in wanted or (pod.status or PodStatus()).phase != "Running":
            continue
        subject = _subject(pod, spec)
        if subject:
            by_node.setdefault(subject.node, subject)
    return [by_node[node] for node in sorted(by_node)]


def _subject(pod: Pod, spec: PodSpec) -> Subject | None:
    """It belongs to a DaemonSet, as agents do: an ordinary pod with their labels is nobody."""
    owners = pod.metadata.owner_references or ()
    if not any(owner.controller and owner.kind == "DaemonSet" for owner in owners):
        return None
    labels = {key: value or "" for key, value in (pod.metadata.labels or {}).items()}
    plugin = plugin_of(labels, host_network=bool(spec.host_network))
    tongue = TONGUES.get(plugin.name) if plugin else None
    containers = [container.name for container in spec.containers or ()]
    if plugin is None or tongue is None or not containers:
        return None
    container = next((name for name in _CONTAINERS if name in containers), containers[0])
    return Subject(
        plugin.name,
        tongue,
        spec.node_name or "",
        pod.metadata.namespace or "",
        pod.metadata.name or "",
        container or "",
    )
