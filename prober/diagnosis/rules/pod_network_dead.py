"""A pod's network is dead: nothing gets out, nothing gets in, not even from its own node."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.dead_pods import dead_pods, explained_by, witnessed, works_from_nodes
from prober.diagnosis.facts.machinery import state_of
from prober.model.listing import listed
from prober.model.network.components import Component
from prober.model.run import Confidence, Finding

ID = "pod-network-dead"


def find(case: Case) -> Iterable[Finding]:
    dead = dead_pods(case)
    records = list(explained_by(dead, case))
    if not records:
        return
    nodes = sorted({pod.node for pod in dead})
    states = [
        state for node in nodes if (state := state_of(case.snapshot, Component.CNI_AGENT, node))
    ]
    whose = f"pod {dead[0].ref}" if len(dead) == 1 else f"{len(dead)} pods on {listed(nodes)}"
    yield Finding(
        id=ID,
        cause=(
            f"the network of {whose} is dead: the CNI drops all traffic (as for a pod whose "
            "identity it lost)"
        ),
        confidence=Confidence.LIKELY,
        evidence=(
            *witnessed(dead, case),
            *dict.fromkeys(works_from_nodes(records, case.snapshot)),
            *states,
        ),
        checks=tuple(record.check.id for record in records),
        objects=tuple(pod.ref for pod in dead),
    )


RULE = Rule(
    id=ID,
    concludes="The CNI drops all traffic of a pod, as it does for a pod whose identity it lost.",
    advice=(
        "restart the pod; if its successor is dead too, read the log of the CNI's agent on that "
        "node"
    ),
    needs="a pod of which nothing was heard, though policies allow it",
    asks="the pod's own node, and another one: a connection to the pod",
    find=find,
)
