"""Who enforces NetworkPolicy, told from what runs in a cluster. Pure.

NetworkPolicies are accepted by every API server and enforced by none: the network plugin does it,
or nobody. What is not recognised is unknown, which is not a no: engines run outside the cluster
too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from prober.model.network.cni import PLUGINS, Plugin, PolicySupport, plugin_of


@dataclass(frozen=True, slots=True)
class DaemonSet:
    """What is looked at of one."""

    labels: Mapping[str, str]
    """Of its pods."""
    images: tuple[str, ...] = ()
    host_network: bool = True
    ready: int = 0
    wanted: int = 0
    """Nodes on which its pod is ready, and on which it should be."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The plugin that is there, as it runs."""

    plugin: Plugin
    agents: DaemonSet | None = None
    """None where none of its agents is seen."""


_K3S = Plugin(
    "K3s",
    PolicySupport.SETTING,
    (),
    note="its embedded kube-router enforces, unless --disable-network-policy is set",
)
"""It has no agent's pods: its one process is the agent, and the kubelet's version gives it away."""


def recognise(
    groups: Collection[str], daemon_sets: Sequence[DaemonSet], kubelet_versions: Collection[str]
) -> Engine | None:
    """The engine that is there, one that enforces before others; None when none is recognised."""
    running = {
        plugin.name: daemon_set
        for daemon_set in daemon_sets
        if (plugin := _plugin(daemon_set)) is not None
    }
    for plugin in PLUGINS:
        if plugin.name in running:
            agents = running[plugin.name]
            return Engine(_as_it_runs(plugin, agents), agents)
    if any("+k3s" in version for version in kubelet_versions):
        return Engine(_K3S)
    # What remains in the API when an engine is taken away looks the same, and enforces nothing.
    note = "its API is here, but no DaemonSet of its agents is seen"
    by_api = (item for item in PLUGINS if any(group in groups for group in item.groups))
    return next(
        (Engine(replace(entry, enforcement=PolicySupport.UNKNOWN, note=note)) for entry in by_api),
        None,
    )


def _as_it_runs(plugin: Plugin, daemon_set: DaemonSet) -> Plugin:
    if not plugin.enforcer or any(plugin.enforcer in image for image in daemon_set.images):
        return plugin
    return replace(
        plugin, name=f"{plugin.name} without its policy agent", enforcement=PolicySupport.NO
    )


def _plugin(daemon_set: DaemonSet) -> Plugin | None:
    return plugin_of(daemon_set.labels, host_network=daemon_set.host_network)
