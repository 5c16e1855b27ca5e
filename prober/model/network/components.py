"""The pods that a cluster's network is made of, recognised by the labels that their own manifests
give them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from prober.model.network.cni import plugin_of
from prober.model.objects import Pod


class Component(StrEnum):
    """What a pod does for the network of others."""

    CNI_AGENT = "CNI agent"
    KUBE_PROXY = "kube-proxy"
    CLUSTER_DNS = "cluster DNS"
    NODE_LOCAL_DNS = "node-local DNS cache"


LABELS: Mapping[tuple[str, str], Component] = {
    ("k8s-app", "kube-proxy"): Component.KUBE_PROXY,
    ("k8s-app", "kube-dns"): Component.CLUSTER_DNS,
    ("k8s-app", "node-local-dns"): Component.NODE_LOCAL_DNS,
    ("k8s-app", "nodelocaldns"): Component.NODE_LOCAL_DNS,
}
"""Of all but the CNI agents, whose table is `cni`; from the manifests that each project
installs."""


def component_of(pod: Pod) -> Component | None:
    """What a pod is for; None for everything that is not the network's own."""
    if plugin_of(pod.labels, host_network=pod.host_network) is not None:
        return Component.CNI_AGENT
    return next(
        (component for label, component in LABELS.items() if pod.labels.get(label[0]) == label[1]),
        None,
    )
