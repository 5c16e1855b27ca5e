"""Who enforces NetworkPolicy, told from what runs in a cluster. Pure.

NetworkPolicies are accepted by every API server and enforced by none: the network plugin does it, or nobody. What is
not recognised is unknown, which is not a no: engines run outside the cluster too. Sources: the manifests and charts
that the projects publish, as of 2025; where a plugin enforces only when it is asked to, the table says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


class Enforcement(Enum):
    """What becomes of a NetworkPolicy."""

    YES = "enforces"
    NO = "does not enforce"
    SETTING = "enforces when it is told to"


@dataclass(frozen=True, slots=True)
class Engine:
    """A network plugin, and what it leaves in a cluster."""

    name: str
    enforcement: Enforcement
    labels: Mapping[str, str]
    """A DaemonSet in any namespace with one of these labels is its."""
    groups: tuple[str, ...] = ()
    """An API group that only it brings."""
    image: str = ""
    """It enforces only with a container of this image in the DaemonSet; empty where that is no condition."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DaemonSet:
    """What is looked at of one."""

    labels: Mapping[str, str]
    """Its own and its pods'."""
    images: tuple[str, ...] = ()


ENGINES: Sequence[Engine] = (
    Engine("Cilium", Enforcement.YES, {"k8s-app": "cilium", "app.kubernetes.io/name": "cilium-agent"}, ("cilium.io",)),
    Engine(
        "Calico",
        Enforcement.YES,
        {"k8s-app": "calico-node"},
        ("crd.projectcalico.org", "projectcalico.org", "operator.tigera.io"),
    ),
    Engine("Canal (Calico over Flannel)", Enforcement.YES, {"k8s-app": "canal"}),
    Engine("Antrea", Enforcement.YES, {"app": "antrea"}, ("crd.antrea.io",)),
    Engine("OVN-Kubernetes", Enforcement.YES, {"app": "ovnkube-node", "k8s-app": "ovnkube-node"}, ("k8s.ovn.org",)),
    Engine("Kube-OVN", Enforcement.YES, {"app": "kube-ovn-cni"}, ("kubeovn.io",)),
    Engine("Weave Net", Enforcement.YES, {"name": "weave-net"}),
    Engine("kube-router", Enforcement.YES, {"k8s-app": "kube-router"}),
    Engine("kube-network-policies", Enforcement.YES, {"app": "kube-network-policies"}),
    Engine("Azure Network Policy Manager", Enforcement.YES, {"k8s-app": "azure-npm"}),
    Engine(
        "Amazon VPC CNI",
        Enforcement.SETTING,
        {"k8s-app": "aws-node"},
        image="aws-network-policy-agent",
        note="only with enable-network-policy-controller in its ConfigMap",
    ),
    Engine("Amazon VPC CNI without its policy agent", Enforcement.NO, {"k8s-app": "aws-node"}),
    Engine("Terway", Enforcement.SETTING, {"app": "terway-eniip"}, note="only where its network policy is switched on"),
    Engine(
        "kindnet",
        Enforcement.SETTING,
        {"k8s-app": "kindnet", "app": "kindnet"},
        note="kind enforces from 0.24 on, and not before",
    ),
    Engine("Flannel", Enforcement.NO, {"k8s-app": "flannel", "app": "flannel"}),
)
"""Those that enforce come first: Flannel beside one of them is only the network below it."""
_K3S = Engine(
    "K3s", Enforcement.SETTING, {}, note="its embedded kube-router enforces, unless --disable-network-policy is set"
)


def recognise(
    groups: Collection[str], daemon_sets: Sequence[DaemonSet], kubelet_versions: Collection[str]
) -> Engine | None:
    """The engine that is there, one that enforces before others; None when none is recognised."""
    found = next((one for one in ENGINES if _is_there(one, groups, daemon_sets)), None)
    if found is None and any("+k3s" in version for version in kubelet_versions):
        return _K3S
    return found


def _is_there(engine: Engine, groups: Collection[str], daemon_sets: Sequence[DaemonSet]) -> bool:
    if any(group in groups for group in engine.groups):
        return True
    return any(
        one.labels.get(key) == value and (not engine.image or any(engine.image in image for image in one.images))
        for one in daemon_sets
        for key, value in engine.labels.items()
    )
