"""From one node to another connections are lost, and they work the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.facts.case import Case, Rule, is_governed
from prober.diagnosis.facts.node_paths import (
    back,
    denied_between_nodes,
    is_lost,
    lost_between_nodes,
    there,
    worked_between_nodes,
)
from prober.model.listing import listed
from prober.model.run import CheckRecord, Confidence, Finding

ID = "one-way-blocked"
Way = tuple[str, str]
"""From a node to another."""


def find(case: Case) -> Iterable[Finding]:
    worked = worked_between_nodes(case)
    groups: dict[Way, list[tuple[CheckRecord, str]]] = {}
    for record, nodes in lost_between_nodes(case):
        target, source = nodes[0], nodes[-1]
        if (source, target) in worked:
            continue
        seen = worked.get((target, source))
        works = listed(one.check.name for one in seen) if seen else _one_way(record, target, case)
        if works:
            groups.setdefault((source, target), []).append((record, works))
    yield from _findings(groups)


def find_supplementary(case: Case) -> Iterable[Finding]:
    """Where policies deny the flow as well: another one that they allow is lost on the same way,
    and works the other way round."""
    worked = worked_between_nodes(case)
    groups: dict[Way, list[tuple[CheckRecord, str]]] = {}
    for record, (target, source) in denied_between_nodes(case):
        known = (source, target) in worked or not _all_lost(record, target, case)
        works = "" if known else _works_back(record, case)
        if works:
            groups.setdefault((source, target), []).append((record, works))
    yield from _findings(groups)


def _one_way(record: CheckRecord, target: str, case: Case) -> str:
    """What works the other way round only. Where policies have a say, whoever enforces them may be
    what stops this flow: others have to be lost as well."""
    if is_governed(record) and not _all_lost(record, target, case):
        return ""
    return _works_back(record, case)


def _all_lost(record: CheckRecord, target: str, case: Case) -> bool:
    """Whether other flows to the target's node were tried, and none was answered."""
    answers = list(there(record, target, case))
    return bool(answers) and all(is_lost(answer) for _, answer in answers)


def _works_back(record: CheckRecord, case: Case) -> str:
    """What gets through from the target's end to the source; empty: nothing, or nobody knows."""
    return next((name for name, answer in back(record, case) if not is_lost(answer)), "")


def _findings(groups: dict[Way, list[tuple[CheckRecord, str]]]) -> Iterator[Finding]:
    for (source, target), pairs in groups.items():
        yield Finding(
            id=ID,
            cause=f"connections from {source} to {target} are lost, and those from {target} to "
            f"{source} work: something stops one direction only",
            confidence=Confidence.LIKELY,
            evidence=(
                f"lost: {listed(record.check.name for record, _ in pairs)}",
                f"works: {listed(works for _, works in pairs)}",
            ),
            checks=tuple(record.check.id for record, _ in pairs),
        )


RULE = Rule(
    id=ID,
    concludes=(
        "Connections between the pods of two nodes are lost in one direction and work in the other."
    ),
    advice=(
        "look at firewalls and security groups of both nodes, which may let one direction in only, "
        "and at the route back"
    ),
    needs="lost connections between pods of two nodes, and others the other way round that work",
    asks="the pod at the target's end: a connection to the source; the source: another pod there",
    find=find,
    find_supplementary=find_supplementary,
)
