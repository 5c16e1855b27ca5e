"""CNI agents that are missing or not ready."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.agents import agents
from prober.audit.check import Check, Severity, Spot
from prober.audit.view import View
from prober.model.objects import Ref


def find(view: View) -> Iterator[Spot]:
    for plugin, pods in agents(view.snapshot):
        for pod in pods:
            if not pod.ready or not pod.running:
                yield Spot(
                    pod.ref,
                    (
                        f"the {plugin.name} agent {pod.ref} on node {pod.node or '(none yet)'} "
                        "is not ready"
                    ),
                    hint=f"look why: kubectl -n {pod.namespace} logs {pod.name}; and kubectl -n "
                    f"{pod.namespace} "
                    f"describe pod {pod.name}",
                )
        there = {pod.node for pod in pods}
        for name, node in sorted(view.snapshot.nodes.items()):
            if node.ready and name not in there:
                yield Spot(
                    Ref("Node", "", name),
                    f"node {name} is ready and has no {plugin.name} agent",
                    hint="policies are not enforced there, and pods may get no network: check the "
                    "DaemonSet's "
                    "selectors and tolerations",
                )


CHECK = Check(
    id="cni-agent-down",
    severity=Severity.ERROR,
    title="A CNI agent is missing or not ready",
    why="Without its agent a node keeps yesterday's rules: new pods, new policies and changed "
    "labels do not count "
    "there.",
    find=find,
)
