"""The CNI agents of a snapshot, by the plugin that they belong to."""

from __future__ import annotations

from prober.model.network.cni import PLUGINS, Plugin, plugin_of
from prober.model.objects import Pod
from prober.model.snapshot import Snapshot


def agents(snapshot: Snapshot) -> tuple[tuple[Plugin, tuple[Pod, ...]], ...]:
    """The plugins whose agents run here, each with its pods. Empty: none that is known (K3s has
    them in its own process; manifests usually leave them out)."""
    by_plugin: dict[str, list[Pod]] = {}
    for _, pod in sorted(snapshot.pods.items()):
        plugin = plugin_of(pod.labels, host_network=pod.host_network)
        if plugin is not None:
            by_plugin.setdefault(plugin.name, []).append(pod)
    return tuple(
        (plugin, tuple(by_plugin[plugin.name])) for plugin in PLUGINS if plugin.name in by_plugin
    )
