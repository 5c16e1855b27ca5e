"""Pods of two nodes do not reach each other, and each node reaches its own."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import listed
from prober.diagnosis.facts.node_paths import lost_between_nodes
from prober.model.run import CheckRecord, Confidence, Finding

ID = "node-unreachable"


def find(case: Case) -> Iterable[Finding]:
    lost = [(record, nodes) for record, nodes in lost_between_nodes(case) if _alive(record)]
    pairs = {frozenset(nodes) for _, nodes in lost}
    # One pair says as much about the pods' own trouble as about the way: it takes two pods on
    # either side.
    if len({record.check.flow.destination for record, _ in lost}) < 2 or not pairs:
        return
    common = frozenset.intersection(*pairs)
    where = (
        f"the pods of {next(iter(common))} and other nodes"
        if len(common) == 1
        else f"{listed(sorted(common))}"
    )
    yield Finding(
        id=ID,
        cause=f"nothing passes between {where}: a route, a tunnel or a firewall between the nodes",
        confidence=Confidence.POSSIBLE,
        evidence=(f"lost between nodes: {listed(record.check.name for record, _ in lost)}",),
        checks=tuple(record.check.id for record, _ in lost),
    )


def _alive(record: CheckRecord) -> bool:
    return record.observation.outcome.is_dns or any(
        control.passed for control in record.target_controls
    )


RULE = Rule(
    id=ID,
    concludes=(
        "Between the pods of two nodes nothing passes, though each node reaches its own pods."
    ),
    mend="look at the routes (or the tunnel) between these nodes, and at the CNI's agents on both",
    needs=(
        "lost connections between pods of two nodes, whose controls from the target's own node "
        "passed"
    ),
    find=find,
)
