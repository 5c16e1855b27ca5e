"""On which nodes a pod may run, as far as manifests decide it: nodeName, nodeSelector, taints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prober.manifest.decoding import wire
from prober.manifest.decoding.decode import labels_of
from prober.model.objects import Labels

HOSTNAME_LABEL = "kubernetes.io/hostname"
_REPELLING = ("NoSchedule", "NoExecute")
_DAEMON_TOLERATES = "node.kubernetes.io/"
"""The DaemonSet controller tolerates the taints of nodes that are not ready, under pressure or
cordoned."""


@dataclass(frozen=True, slots=True)
class Site:
    """A node as far as placing pods goes."""

    name: str
    labels: Labels
    taints: tuple[wire.Taint, ...] = ()


def site(name: str, obj: wire.Node | None = None) -> Site:
    """A node with the labels that its kubelet sets on every node, also when the manifest does not
    write them."""
    written = labels_of(obj.metadata.labels) if obj else {}
    taints = tuple((obj.spec.taints if obj and obj.spec else None) or ())
    return Site(name, {HOSTNAME_LABEL: name, "kubernetes.io/os": "linux", **written}, taints)


def pinned_node(spec: wire.PodSpec, sites: Iterable[Site]) -> str:
    """The node that a pod spec names, by nodeName or by the hostname label; empty when it leaves it
    open."""
    if spec.node_name:
        return spec.node_name
    hostname = labels_of(spec.node_selector).get(HOSTNAME_LABEL, "")
    return next((site.name for site in sites if site.labels[HOSTNAME_LABEL] == hostname), hostname)


def daemon_nodes(spec: wire.PodSpec, sites: Sequence[Site]) -> tuple[str, ...]:
    """The nodes that a DaemonSet with this pod spec runs on."""
    wanted = labels_of(spec.node_selector).items()
    return tuple(
        site.name
        for site in sites
        if (not spec.node_name or spec.node_name == site.name)
        and wanted <= site.labels.items()
        and all(_tolerated(taint, spec.tolerations or ()) for taint in site.taints)
    )


def _tolerated(taint: wire.Taint, tolerations: Iterable[wire.Toleration]) -> bool:
    if taint.effect not in _REPELLING or (taint.key or "").startswith(_DAEMON_TOLERATES):
        return True
    return any(_tolerates(toleration, taint) for toleration in tolerations)


def _tolerates(toleration: wire.Toleration, taint: wire.Taint) -> bool:
    """As the scheduler compares them: an empty effect or key matches all, the operator is Equal by
    default."""
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.operator == "Exists":
        return not toleration.key or toleration.key == taint.key
    return toleration.key == taint.key and (toleration.value or "") == (taint.value or "")
