"""From one node to another connections are lost, and they work the other way round."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import listed
from prober.diagnosis.facts.node_paths import lost_between_nodes, worked_between_nodes
from prober.model.run import CheckRecord, Confidence, Finding

ID = "one-way-blocked"


def find(case: Case) -> Iterable[Finding]:
    worked = worked_between_nodes(case)
    groups: dict[tuple[str, str], list[CheckRecord]] = {}
    for record, nodes in lost_between_nodes(case):
        target, source = nodes[0], nodes[-1]
        if (target, source) in worked and (source, target) not in worked:
            groups.setdefault((source, target), []).append(record)
    for (source, target), records in groups.items():
        yield Finding(
            id=ID,
            cause=f"connections from {source} to {target} are lost, and those from {target} to "
            f"{source} work: something stops one direction only",
            confidence=Confidence.LIKELY,
            evidence=(
                f"lost: {listed(record.check.name for record in records)}",
                f"works: {listed(record.check.name for record in worked[target, source])}",
            ),
            checks=tuple(record.check.id for record in records),
        )


RULE = Rule(
    id=ID,
    concludes=(
        "Connections between the pods of two nodes are lost in one direction and work in the other."
    ),
    mend=(
        "look at firewalls and security groups of both nodes, which may let one direction in only, "
        "and at the route back"
    ),
    needs="lost connections between pods of two nodes, and others the other way round that work",
    find=find,
)
