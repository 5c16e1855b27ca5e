"""The network plugins that are known, and what each leaves in a cluster. Pure.

This is the one table of them: the doctor, the audit, the diagnosis, the lab and the evidence read
it. Sources: the manifests and charts that the projects publish, as of 2025. Where a plugin enforces
NetworkPolicies only when it is told to, the table says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from prober.model.objects import Labels


class PolicySupport(Enum):
    """What becomes of a NetworkPolicy."""

    YES = "enforces"
    NO = "does not enforce"
    SETTING = "enforces when it is told to"
    UNKNOWN = "may enforce"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A network plugin, or an engine that enforces policies beside one."""

    name: str
    enforcement: PolicySupport
    labels: Sequence[tuple[str, str]]
    """The pods of its agent, one on every node, have at least one of these. Not all that carries a
    project's name: its operators and controllers do that, too."""
    groups: Sequence[str] = ()
    """API groups that only it brings."""
    enforcer: str = ""
    """Part of the image's name of the container that enforces, in the agent's pods, where only some
    installations have it; empty where that is no condition."""
    note: str = ""
    """What the enforcement hangs on, where that is neither a yes nor a no."""


PLUGINS: Sequence[Plugin] = (
    Plugin(
        "Cilium",
        PolicySupport.YES,
        (("k8s-app", "cilium"), ("app.kubernetes.io/name", "cilium-agent")),
        groups=("cilium.io",),
    ),
    Plugin(
        "Calico",
        PolicySupport.YES,
        (("k8s-app", "calico-node"),),
        groups=("crd.projectcalico.org", "projectcalico.org", "operator.tigera.io"),
    ),
    Plugin("Canal (Calico over Flannel)", PolicySupport.YES, (("k8s-app", "canal"),)),
    Plugin(
        "Antrea", PolicySupport.YES, (("component", "antrea-agent"),), groups=("crd.antrea.io",)
    ),
    Plugin(
        "OVN-Kubernetes", PolicySupport.YES, (("app", "ovnkube-node"),), groups=("k8s.ovn.org",)
    ),
    Plugin("Kube-OVN", PolicySupport.YES, (("app", "kube-ovn-cni"),), groups=("kubeovn.io",)),
    Plugin("Weave Net", PolicySupport.YES, (("name", "weave-net"),)),
    Plugin("kube-router", PolicySupport.YES, (("k8s-app", "kube-router"),)),
    Plugin(
        "kube-network-policies",
        PolicySupport.YES,
        (
            ("app", "kube-network-policies"),
            ("k8s-app", "kube-network-policies"),
            ("app.kubernetes.io/name", "kube-network-policies"),
        ),
    ),
    Plugin("Azure Network Policy Manager", PolicySupport.YES, (("k8s-app", "azure-npm"),)),
    Plugin(
        "Amazon VPC CNI",
        PolicySupport.SETTING,
        (("k8s-app", "aws-node"),),
        enforcer="aws-network-policy-agent",
        note="only with enable-network-policy-controller in its ConfigMap",
    ),
    Plugin(
        "Terway",
        PolicySupport.SETTING,
        (("app", "terway-eniip"),),
        note="only where its network policy is switched on",
    ),
    Plugin(
        "kindnet",
        PolicySupport.SETTING,
        (("k8s-app", "kindnet"), ("app", "kindnet")),
        note="kind enforces from 0.24 on, and not before",
    ),
    Plugin("Flannel", PolicySupport.NO, (("k8s-app", "flannel"), ("app", "flannel"))),
)
"""Those that enforce come first: Flannel beside one of them is only the network below it."""


def plugin_of(labels: Labels, *, host_network: bool) -> Plugin | None:
    """The plugin whose agent a pod with these labels is; None for everything else.

    Every agent is on its node's network; an application that happens to be called flannel is not.
    """
    if not host_network:
        return None
    return next(
        (
            plugin
            for plugin in PLUGINS
            if any(labels.get(key) == value for key, value in plugin.labels)
        ),
        None,
    )
