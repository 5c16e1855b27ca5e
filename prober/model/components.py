"""The pods that a cluster's network is made of, recognised by the labels that their own manifests give them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from prober.model.objects import Labels


class Component(StrEnum):
    """What a pod does for the network of others."""

    CNI_AGENT = "CNI agent"
    KUBE_PROXY = "kube-proxy"
    CLUSTER_DNS = "cluster DNS"
    NODE_LOCAL_DNS = "node-local DNS cache"


_LABELS: Mapping[tuple[str, str], Component] = {
    ("k8s-app", "cilium"): Component.CNI_AGENT,
    ("k8s-app", "calico-node"): Component.CNI_AGENT,
    ("k8s-app", "canal"): Component.CNI_AGENT,
    ("k8s-app", "kube-router"): Component.CNI_AGENT,
    ("k8s-app", "flannel"): Component.CNI_AGENT,
    ("app", "flannel"): Component.CNI_AGENT,
    ("component", "antrea-agent"): Component.CNI_AGENT,
    ("name", "weave-net"): Component.CNI_AGENT,
    ("k8s-app", "aws-node"): Component.CNI_AGENT,
    ("app", "ovnkube-node"): Component.CNI_AGENT,
    ("k8s-app", "kube-proxy"): Component.KUBE_PROXY,
    ("k8s-app", "kube-dns"): Component.CLUSTER_DNS,
    ("k8s-app", "node-local-dns"): Component.NODE_LOCAL_DNS,
    ("k8s-app", "nodelocaldns"): Component.NODE_LOCAL_DNS,
}
"""From the manifests that each project installs."""


def component_of(labels: Labels) -> Component | None:
    """What a pod with these labels is for; None for everything that is not the network's own."""
    return next((component for label, component in _LABELS.items() if labels.get(label[0]) == label[1]), None)
