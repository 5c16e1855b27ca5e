"""How the parts are that a cluster's network consists of: CNI agents, kube-proxy, DNS servers.
Pure."""

from __future__ import annotations

from collections.abc import Iterator

from prober.model.network.components import Component, component_of
from prober.model.objects import Pod, Ref
from prober.model.snapshot import Snapshot


def parts(snapshot: Snapshot, component: Component) -> tuple[Pod, ...]:
    """The running pods of a component, by name."""
    pods = (pod for _, pod in sorted(snapshot.pods.items()) if pod.running)
    return tuple(pod for pod in pods if component_of(pod) is component)


def part_on(snapshot: Snapshot, component: Component, node: str) -> Pod | None:
    """The component's pod on a node; None where it has none there."""
    return next((pod for pod in parts(snapshot, component) if pod.node == node), None)


def is_down(snapshot: Snapshot, component: Component, node: str) -> bool | None:
    """Whether the component's pod on the node is not ready, or missing where others have one; None:
    not known."""
    pods = parts(snapshot, component)
    if not pods:
        return None
    pod = part_on(snapshot, component, node)
    return pod is None or not pod.ready


def state_of(snapshot: Snapshot, component: Component, node: str) -> str:
    """The same as a sentence; empty where nothing is known."""
    pod = part_on(snapshot, component, node)
    if pod is not None:
        return f"{component} {pod.ref} on {node} is {'ready' if pod.ready else 'not ready'}"
    return f"no {component} pod is on {node}" if parts(snapshot, component) else ""


def without_rights(snapshot: Snapshot) -> Iterator[Ref]:
    """The service accounts of CNI agents that no ClusterRoleBinding gives an existing
    ClusterRole."""
    agents = parts(snapshot, Component.CNI_AGENT)
    for account in dict.fromkeys(
        Ref("ServiceAccount", pod.namespace, pod.service_account) for pod in agents
    ):
        if snapshot.has_rights(account) is False:
            yield account
