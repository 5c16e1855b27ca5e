"""Between one node's pods and everybody elsewhere nothing passes, and the node's CNI agent is
down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.machinery import is_down, state_of
from prober.diagnosis.facts.node_paths import lost_between_nodes
from prober.model.listing import listed
from prober.model.network.components import Component
from prober.model.run import CheckRecord, Confidence, Finding

ID = "cni-agent-down"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[CheckRecord]] = {}
    for record, nodes in lost_between_nodes(case):
        for node in _down(nodes, case):
            groups.setdefault(node, []).append(record)
            break
    for node, records in groups.items():
        names = any(record.observation.outcome.is_dns for record in records)
        yield Finding(
            id=ID,
            cause=(
                f"the CNI's agent on {node} is down, so nothing passes between its pods and "
                "other nodes"
            ),
            confidence=Confidence.CERTAIN,
            evidence=(
                state_of(case.snapshot, Component.CNI_AGENT, node),
                f"lost between nodes: {listed(record.check.name for record in records)}",
                *(
                    ["cluster DNS is on the other side, so names do not resolve there"]
                    if names
                    else []
                ),
            ),
            checks=tuple(record.check.id for record in records),
        )


def _down(nodes: Iterable[str], case: Case) -> Iterator[str]:
    yield from (node for node in nodes if is_down(case.snapshot, Component.CNI_AGENT, node))


RULE = Rule(
    id=ID,
    concludes=(
        "A node's CNI agent is down: its pods do not reach other nodes, nor do others reach them."
    ),
    advice="look at the CNI's agent on that node, and restart it",
    needs=(
        "lost connections between pods of two nodes that the policies allow, and the readiness "
        "of the CNI's pods"
    ),
    find=find,
)
